const memprof = require('memprof/webpack');

module.exports = {
  mode: 'production',
  target: 'node',
  devtool: 'source-map',
  entry: './src/main.ts',
  resolve: { extensions: ['.ts', '.js'] },
  externals: [/^memprof/],
  externalsType: 'commonjs',
  module: {
    rules: [{ test: /\.ts$/, use: { loader: 'swc-loader', options: { jsc: { target: 'es2022' } } } }],
  },
  plugins: [memprof()],
  output: { devtoolModuleFilenameTemplate: '[absolute-resource-path]' },
};
