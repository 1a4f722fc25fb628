const memprof = require('memprof/transformer');
const ts = require('typescript');

module.exports = {
  mode: 'production',
  target: 'node',
  devtool: 'source-map',
  entry: './src/main.ts',
  resolve: { extensions: ['.ts', '.js'] },
  externals: [/^memprof/],
  externalsType: 'commonjs',
  module: {
    rules: [
      {
        test: /\.ts$/,
        loader: 'ts-loader',
        options: {
          getCustomTransformers: (program) => ({ before: [memprof(program, {}, { ts })] }),
        },
      },
    ],
  },
  output: { devtoolModuleFilenameTemplate: '[absolute-resource-path]' },
};
