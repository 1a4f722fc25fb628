module.exports = {
  transform: {
    '\\.ts$': ['memprof/swc-jest', { memprof: {}, jsc: { target: 'es2022' } }],
  },
};
