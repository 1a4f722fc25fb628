// What Jest does to modules goes on: a factory is lifted above the imports, and a registry begins anew.
import { failing } from './shop';

jest.mock('./shop', () => ({
  ...jest.requireActual('./shop'),
  /** @memprof */
  failing: () => {
    throw new Error('mocked');
  },
}));

test('a mocked function is the mock', () => {
  expect(failing).toThrow('mocked');
});

test('modules that are loaded anew are measured anew', async () => {
  for (let n = 0; n < 2; n++) {
    jest.resetModules();
    const { Shop } = jest.requireActual<typeof import('./shop')>('./shop');
    const shop = new Shop('Rome');
    expect(shop.total(await shop.load(3))).toBe(6);
  }
});
