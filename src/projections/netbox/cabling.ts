/** Cables: one whose ends are others is taken away and made anew, and at one end there is one cable only. */
import { type Draft, type Drafting, endsOf } from "./draft.ts";
import type { Observed } from "./objects.ts";
import type { Change } from "./plan.ts";

const ENDS = ["a_terminations", "b_terminations"];

/** What is done about cables before anything is made. */
export interface Recabling {
  /** The cables that are taken away. */
  changes: Change[];
  /** Those among them that the log no longer has. */
  replaced: ReadonlySet<Observed>;
}

/**
 * Takes away the cables of ours whose ends have changed, and those that the log no longer has where a new one is to be. An
 * end at which a person's cable is, or one that stays, keeps that.
 */
export function recabled(
  drafting: Drafting,
  observed: readonly Observed[],
  gone: readonly Observed[],
): Recabling {
  const ofCables = () => drafting.drafts.filter(({ desired: { kind } }) => kind === "cable");
  const atEnd = new Map<string, Observed[]>();
  for (const one of observed) {
    if (one.kind !== "cable") continue;
    for (const end of endsOf(one.fields)) atEnd.set(end, [...atEnd.get(end) ?? [], one]);
  }
  const free = new Set(
    gone.filter(({ kind, written }) => kind === "cable" && written?.adopted === false),
  );
  const replaced = new Set<Observed>();
  const moves = (draft: Draft) =>
    draft.observed !== undefined && ENDS.some((end) => end in draft.difference.fields);
  // One that has to stay where it is may be in the way of the next one.
  for (let isSettled = false; !isSettled;) {
    isSettled = true;
    const cables = ofCables();
    const leaving = new Set(cables.filter(moves).flatMap(({ observed }) => observed ?? []));
    for (const draft of cables) {
      if (draft.unsaid.has("a_terminations") || (draft.observed && !moves(draft))) continue;
      const others = endsOf(draft.wanted).flatMap((end) => atEnd.get(end) ?? [])
        .filter((other) => other !== draft.observed);
      const inTheWay = others.find((other) => !free.has(other) && !leaving.has(other));
      if (inTheWay) {
        const reason = `at one of its ends is the cable ${inTheWay.display} already`;
        if (draft.is === "new") drafting.drop(draft, reason);
        else drafting.hold(draft, ENDS, reason);
        isSettled = false;
      }
    }
  }
  const changes: Change[] = [];
  for (const draft of ofCables()) {
    if (draft.unsaid.has("a_terminations")) continue;
    if (draft.observed && !moves(draft)) continue;
    for (const other of endsOf(draft.wanted).flatMap((end) => atEnd.get(end) ?? [])) {
      if (free.has(other)) replaced.add(other);
    }
    if (!draft.observed) continue;
    changes.push(uncabling(draft.observed, draft.desired.title));
    delete draft.observed;
    draft.is = "new";
    drafting.compare(draft);
  }
  for (const one of replaced) changes.push(uncabling(one, one.display));
  return { changes, replaced };
}

function uncabling(one: Observed, title: string): Change {
  return {
    action: "uncable",
    kind: one.kind,
    key: one.key!,
    title,
    id: one.id,
    fields: {},
    before: {},
    written: one.written!,
    tags: one.tags,
  };
}
