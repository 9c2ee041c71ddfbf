/** Answers as they go over the wire. */
import type { Answer } from "./answer.ts";

/** How many findings an answer has at most, and how many characters what is said of a refusal. */
const FINDINGS = 20;
const TEXT = 2_000;

/**
 * Answers as JSON that fits into a message: commands that are done are answered, though less is said of them. Of each
 * answer alike findings are left out, and the texts of a refusal are cut: to the half, until it fits.
 *
 * @param most the bytes that a message may have
 * @returns it; longer than that only where no finding and hardly a text is left
 */
export function fitting(answers: readonly Answer[], most: number): Uint8Array {
  for (let share = 1;; share /= 2) {
    const said = share === 1 ? answers : answers.map((answer) => shortened(answer, share));
    const bytes = new TextEncoder().encode(JSON.stringify({ answers: said }));
    if (bytes.length <= most || share * FINDINGS < 1) return bytes;
  }
}

function shortened(answer: Answer, share: number): Answer {
  const { field, message, findings } = answer;
  return {
    ...answer,
    findings: findings.slice(0, Math.floor(FINDINGS * share)),
    ...(field === undefined ? {} : { field: cut(field, TEXT * share) }),
    ...(message === undefined ? {} : { message: cut(message, TEXT * share) }),
  };
}

function cut(text: string, most: number): string {
  return text.length > most ? `${text.slice(0, most - 1).toWellFormed()}…` : text;
}
