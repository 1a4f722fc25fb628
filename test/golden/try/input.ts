function returns(how: string): unknown {
  try {
    if (how === 'throw') throw new Error(how);
    return how;
  } catch (error) {
    if (how === 'throw') return (error as Error).message;
    throw error;
  } finally {
    if (how === 'override') return 'overridden';
  }
}
async function suspended(how: string) {
  for (;;) {
    try {
      return await (how === 'reject' ? Promise.reject(how) : how);
    } catch {
      break;
    } finally {
      try {
        await null;
      } finally {
        console.log('cleaned', how);
      }
    }
  }
  return 'after';
}
console.log(returns('plain'), returns('throw'), returns('override'));
suspended('resolve').then(console.log);
suspended('reject').then(console.log);
