module.exports = {
  transform: {
    '\\.ts$': ['ts-jest', { astTransformers: { before: [{ path: 'memprof/jest', options: {} }] } }],
  },
};
