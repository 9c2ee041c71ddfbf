/** The samples that come with the project. */
import { fileURLToPath } from "node:url";

/** Their folder: an archive in each of `fleet` and `machine`, wherever the program runs. */
export const SAMPLES: string = fileURLToPath(new URL("../../data/samples", import.meta.url));
