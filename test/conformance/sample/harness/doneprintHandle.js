function $DONE(error) {
  print(
    error ? 'Test262:AsyncTestFailure:' + error.name + ': ' + error.message : 'Test262:AsyncTestComplete',
  );
}
