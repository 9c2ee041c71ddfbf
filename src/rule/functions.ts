/** CEL's own functions, each of which is paid for: a rule has so many steps, whatever it does with them. */
import {
  type CelEnv,
  celEnv,
  type CelFunc,
  celFunc,
  type CelInput,
  celList,
  celMethod,
  CelScalar,
  type CelValue,
  isCelError,
  isCelList,
  isCelMap,
  listType,
} from "@bufbuild/cel";
import { RE2JS } from "@bufbuild/re2";

/**
 * How many steps one evaluation of one rule may take: some tenths of a second at the worst. A step is a function that is
 * called, an element that is looked at, or 64 characters.
 */
export const MOST_STEPS = 1_000_000;
/** Patterns that stay compiled. */
const MOST_PATTERNS = 200;

/** What an evaluation has cost so far, and what it has seen. */
export class Meter {
  /** Steps so far. */
  steps = 0;
  /** Values of parts of the rule, by their place among them. */
  readonly seen: Map<number, CelValue> = new Map();

  /** @param most steps that may be taken */
  constructor(private readonly most: number) {}

  /** How many steps are left. */
  get left(): number {
    return this.most - this.steps;
  }

  /** Whether it has cost more than it may. */
  get isSpent(): boolean {
    return this.steps > this.most;
  }

  /** Pays. An error in CEL can be absorbed by ||; then the next step fails as well, and every loop ends at once. */
  spend(steps: number): void {
    this.steps += steps;
    if (this.isSpent) throw SPENT;
  }
}

/** Made once: where it is absorbed, many are thrown. */
const SPENT = new Error(`it takes more than ${MOST_STEPS.toLocaleString("en")} steps`);

let meter = new Meter(0);

/** Evaluates under a meter; evaluation is synchronous, so there is one at a time. */
export function metered<T>(most: number, evaluate: () => T): { result: T; meter: Meter } {
  const own = meter = new Meter(most);
  return { result: evaluate(), meter: own };
}

function sizeOf(value: CelValue | undefined): number {
  if (typeof value === "string") return value.length / 64;
  if (value instanceof Uint8Array) return value.length / 64;
  return isCelList(value) || isCelMap(value) ? value.size : 0;
}

/**
 * The elements of lists in lists as well: two of them are compared to the end. Counting ends where the steps do: a list
 * of the same list twice, and so on, has more elements than can be counted.
 */
function deepSizeOf(value: CelValue | undefined, most = meter.left): number {
  let size = sizeOf(value);
  const inner = isCelMap(value) ? value.values() : isCelList(value) ? value : [];
  for (const one of inner) {
    if (size > most) break;
    size += deepSizeOf(one as CelValue, most - size);
  }
  return size;
}

const DEEP = new Set(["_==_", "_!=_", "@in"]);

/** The same function, paid for. */
function paid(func: CelFunc): CelFunc {
  const size = DEEP.has(func.name) ? deepSizeOf : sizeOf;
  const call = (target: CelValue | undefined, args: CelValue[]): CelInput => {
    let steps = 1 + size(target);
    for (const arg of args) steps += size(arg);
    meter.spend(Math.ceil(steps));
    const result = func.call(0, target, args);
    if (isCelError(result)) throw new Error(result.message); // so that it gets the place of this call
    if (result === undefined) throw new Error(`${func.name} is not for these values`);
    return result as CelInput;
  };
  const { name, arguments: types, result } = func;
  return func.target === undefined
    ? celFunc(
      name,
      types as never,
      result as never,
      ((...args: CelValue[]) => call(undefined, args)) as never,
    )
    : celMethod(name, func.target, types as never, result as never, function (
      this: unknown,
      ...args: CelValue[]
    ) {
      return call(this as CelValue, args);
    } as never);
}

const patterns = new Map<string, RE2JS>();

/** Compiles a pattern, once. RE2 takes time in proportion to the text, whatever the pattern. */
function compiled(pattern: string): RE2JS {
  const known = patterns.get(pattern);
  if (known) return known;
  const made = RE2JS.compile(pattern);
  if (patterns.size >= MOST_PATTERNS) patterns.clear();
  patterns.set(pattern, made);
  return made;
}

/** What is wrong with a pattern; undefined where nothing is. */
export function patternFault(pattern: string): string | undefined {
  try {
    compiled(pattern);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const { DYN, INT, BOOL, STRING } = CelScalar;
const LIST = listType(DYN);

/** Marks of `rule_plan.ts`: they cannot be written in a rule, as no name begins with @. */
const MARKS: CelFunc[] = [
  celFunc("@loop", [DYN, INT], DYN, (condition, steps) => {
    meter.spend(Number(steps));
    return condition as CelInput as never;
  }),
  celFunc("@seen", [INT, DYN], DYN, (place, value) => {
    meter.seen.set(Number(place), value);
    return value as CelInput as never;
  }),
  celFunc("@deciding", [INT, BOOL, DYN, DYN], DYN, (place, deciding, item, test) => {
    if (test === deciding) meter.seen.set(Number(place), item);
    return test as CelInput as never;
  }),
];

/** One list, and not a tree of lists, which would be as deep as it is long. */
const CONCATENATION = celFunc("_+_", [LIST, LIST], LIST, (one, other) => {
  meter.spend(1 + Math.ceil((one.size + other.size) / 8));
  return celList([...one, ...other] as never[]);
});

const MATCHES = celMethod("matches", STRING, [STRING], BOOL, function (pattern) {
  meter.spend(20 + Math.ceil(this.length * pattern.length / 64));
  return compiled(pattern).test(this);
});

/** CEL's standard functions, and what they take. Without `type`, whose results are of no use in a rule. */
export const ENVIRONMENT: CelEnv = celEnv({
  funcs: [
    ...[...celEnv().funcs].map(paid),
    CONCATENATION,
    MATCHES,
    ...MARKS,
  ],
});
