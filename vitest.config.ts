import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    reporters: ['default', './test/support/reporter.ts'],
    include: ['test/**/*.test.ts'],
    globalSetup: './test/support/build-command.ts',
    isolate: false,
    testTimeout: 600_000,
    hookTimeout: 600_000,
    // The gradients of TensorFlow.js, an oracle of test/tensor, are no part of its bundle; their files name each other as only bundlers do.
    server: { deps: { inline: [/@tensorflow\/tfjs-core\/dist\/(?!tf-core)/] } },
  },
});
