import memprof from 'memprof/rspack';

export default {
  mode: 'production',
  target: 'node',
  devtool: 'source-map',
  optimization: { minimize: false },
  entry: './src/main.ts',
  resolve: { extensions: ['.ts', '.js'] },
  externals: [/^memprof/],
  externalsType: 'commonjs',
  module: {
    rules: [
      {
        test: /\.ts$/,
        loader: 'builtin:swc-loader',
        options: { jsc: { parser: { syntax: 'typescript' }, target: 'es2022' } },
      },
    ],
  },
  plugins: [memprof()],
  output: { devtoolModuleFilenameTemplate: '[absolute-resource-path]' },
};
