const { failing, Shop } = require('./shop.js');

async function main() {
  const shop = new Shop('Berlin');
  const rows = await shop.load(3);
  console.log('total', shop.total(rows), shop.city);
  try {
    failing();
  } catch (error) {
    const [message, frame] = String(error.stack).split('\n');
    console.log(message, frame.trim().replace(/\(?(file:\/\/)?\/\S*\/(?=src\/)/, '('));
  }
}

main();
