/** What is desired so far: nothing gets in whose parents are not there, and what NetBox cannot take is told. */
import { byCodeUnit } from "../../../domain/values.ts";
import { KIND_NAMES, kindOf } from "../kinds.ts";
import {
  type Desired,
  type DesiredState,
  type Fields,
  type NetBoxFinding,
  refsOf,
  type Value,
} from "../objects.ts";
import { isWithin } from "./text.ts";

/** Takes desired objects, parents before what depends on them. */
export class DesiredObjects {
  readonly #objects = new Map<string, Desired>();
  readonly #later = new Map<string, Record<string, Value>>();
  readonly #findings: NetBoxFinding[] = [];

  /** Whether there is an object with this key. */
  has(key: string): boolean {
    return this.#objects.has(key);
  }

  /**
   * Adds an object, if all that it points to is there: what depends on something that was left out is left out as well.
   *
   * @returns whether it is there
   */
  add(one: Desired): boolean {
    if (!refsOf(one.fields).every((key) => this.#objects.has(key))) return false;
    this.#objects.set(one.key, one);
    return true;
  }

  /** As {@linkcode add}, for an object with a name; one that is too long is a finding. */
  addNamed(one: Desired, name: string, most: number): boolean {
    const what = kindOf(one.kind).names[0];
    if (name === "") {
      return this.refuse(
        one,
        `NetBox needs a name for a ${what}, and this one is only white space`,
      );
    }
    if (!isWithin(name, most)) {
      return this.refuse(
        one,
        `NetBox takes at most ${most} characters for the name of a ${what}, and this one has ` +
          `${[...name].length}: give it a shorter one`,
      );
    }
    return this.add({ ...one, fields: { name, ...one.fields } });
  }

  /** Says fields that are set when everything is there. */
  addLater(key: string, fields: Fields): void {
    this.#later.set(key, { ...this.#later.get(key), ...fields });
  }

  /** Tells of something that NetBox cannot take. */
  refuse({ kind, key, title }: Pick<Desired, "kind" | "key" | "title">, reason: string): false {
    this.#findings.push({ kind, key, title, reason });
    return false;
  }

  /** All of it, by kind and key. */
  state(through: number): DesiredState {
    const place = new Map(KIND_NAMES.map((kind, at) => [kind, at]));
    const inOrder = (a: Pick<Desired, "kind" | "key">, b: typeof a) =>
      place.get(a.kind)! - place.get(b.kind)! || byCodeUnit(a.key, b.key);
    const objects = [...this.#objects.values()].map((one): Desired => {
      const later = Object.entries(this.#later.get(one.key) ?? {})
        .filter(([, value]) => refsOf(value).every((key) => this.#objects.has(key)));
      return later.length === 0 ? one : { ...one, later: Object.fromEntries(later) };
    });
    return { through, objects: objects.sort(inOrder), findings: this.#findings.sort(inOrder) };
  }
}
