import { failing, type Row, Shop } from './shop.js';

async function main(): Promise<void> {
  const shop = new Shop('Berlin');
  const rows: Row[] = await shop.load(3);
  console.log('total', shop.total(rows), shop.city);
  try {
    failing();
  } catch (error) {
    const [message, frame] = String((error as Error).stack).split('\n');
    console.log(message, frame.trim().replace(/\(?(file:\/\/)?\/\S*\/(?=src\/)/, '('));
  }
}

main();
