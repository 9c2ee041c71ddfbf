import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/** What takes minutes by itself begins first, beside all others, and not when they are done. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const [longest, others] = [true, false].map((is) =>
      files.filter(({ moduleId }) => /\/(neo4j|netbox)\.test\.ts$/.test(moduleId) === is)
    );
    return [...longest!, ...await super.sort(others!)];
  }
}

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 240_000,
    sequence: { sequencer: LongestFirst },
    // On two cores it would be one by itself, and most tests wait for servers.
    maxWorkers: Math.max(2, navigator.hardwareConcurrency - 1),
  },
});
