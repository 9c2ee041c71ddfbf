/** Makes of a rule's syntax tree one that counts its steps and notes what decided. */
import { unparse } from "@bufbuild/cel";
import type {
  Expr,
  Expr_Comprehension,
  ParsedExpr,
  SourceInfo,
} from "@bufbuild/cel-spec/cel/expr/syntax_pb.js";

/** A rule that is ready to be evaluated. */
export interface MarkedRule {
  expr: Expr;
  /** The parts of it whose values are noted, as text, in their order. */
  parts: string[];
}

/** How deep a tree is, and how many nodes it has; without recursion, as it may be deeper than the stack. */
export function extentOf(root: Expr): { depth: number; nodes: number } {
  let [depth, nodes] = [0, 0];
  const left: [Expr, number][] = [[root, 1]];
  for (let next = left.pop(); next; next = left.pop()) {
    const [expr, level] = next;
    depth = Math.max(depth, level);
    nodes++;
    for (const child of childrenOf(expr)) left.push([child, level + 1]);
  }
  return { depth, nodes };
}

function childrenOf({ exprKind: { case: kind, value } }: Expr): Expr[] {
  const there = (list: (Expr | undefined)[]) => list.filter((one) => one !== undefined);
  switch (kind) {
    case "selectExpr":
      return there([value.operand]);
    case "callExpr":
      return there([value.target, ...value.args]);
    case "listExpr":
      return value.elements;
    case "structExpr":
      return there(value.entries.flatMap(({ keyKind, value }) => [
        keyKind.case === "mapKey" ? keyKind.value : undefined,
        value,
      ]));
    case "comprehensionExpr":
      return there([
        value.iterRange,
        value.accuInit,
        value.loopCondition,
        value.loopStep,
        value.result,
      ]);
    default:
      return [];
  }
}

/** Marks a rule that is checked. */
export function marked({ expr, sourceInfo }: ParsedExpr): MarkedRule {
  const marks = new Marks(sourceInfo!);
  return { expr: counted(marks.decisions(expr!)), parts: marks.parts };
}

/** What joins decisions, and decides nothing by itself. */
const JOINTS = new Set(["_&&_", "_||_", "!_", "_?_:_"]);

class Marks {
  readonly parts: string[] = [];

  constructor(private readonly source: SourceInfo) {}

  /** Notes the operands of whatever decides. */
  decisions(expr: Expr): Expr {
    const kind = expr.exprKind;
    if (kind.case === "comprehensionExpr") return this.#seen(expr, this.#quantifier(expr));
    if (kind.case !== "callExpr") return this.#seen(expr, expr);
    const { target, args, function: name } = kind.value;
    if (JOINTS.has(name)) {
      return call(expr, name, args.map((arg) => this.decisions(arg)));
    }
    const operand = (arg: Expr) => isConstant(arg) ? arg : this.#seen(arg, arg);
    return call(expr, name, args.map(operand), target && operand(target));
  }

  /** Of `all` and `exists` the element that decided is noted. */
  #quantifier(expr: Expr): Expr {
    const fold = expr.exprKind.value as Expr_Comprehension;
    const step = fold.loopStep?.exprKind;
    const joint = step?.case === "callExpr" ? step.value : undefined;
    const [accumulated, test] = joint?.args ?? [];
    if (!test || (joint!.function !== "_&&_" && joint!.function !== "_||_")) return expr;
    const place = this.#place(`${this.#text(expr)} → ${fold.iterVar}`);
    const deciding = joint!.function === "_||_";
    const item = node(test, { case: "identExpr", value: { name: fold.iterVar } });
    const noted = call(test, "@deciding", [int(test, place), bool(test, deciding), item, test]);
    const loopStep = call(fold.loopStep!, joint!.function, [accumulated!, noted]);
    return { ...expr, exprKind: { case: "comprehensionExpr", value: { ...fold, loopStep } } };
  }

  #seen(expr: Expr, inner: Expr): Expr {
    if (isConstant(expr)) return inner;
    return call(expr, "@seen", [int(expr, this.#place(this.#text(expr))), inner]);
  }

  #place(text: string): number {
    return this.parts.push(text) - 1;
  }

  #text(expr: Expr): string {
    return unparse({ $typeName: "cel.expr.ParsedExpr", expr, sourceInfo: this.source });
  }
}

/** Every turn of a loop costs what is in the loop; loops in it cost by themselves. */
function counted(expr: Expr): Expr {
  const { case: kind, value } = expr.exprKind;
  switch (kind) {
    case "selectExpr":
      return { ...expr, exprKind: { case: kind, value: { ...value, ...some(value, "operand") } } };
    case "callExpr":
      return call(
        expr,
        value.function,
        value.args.map(counted),
        value.target && counted(value.target),
      );
    case "listExpr":
      return {
        ...expr,
        exprKind: { case: kind, value: { ...value, elements: value.elements.map(counted) } },
      };
    case "structExpr": {
      const entries = value.entries.map((entry) => ({
        ...entry,
        ...some(entry, "value"),
        keyKind: entry.keyKind.case === "mapKey"
          ? { ...entry.keyKind, value: counted(entry.keyKind.value) }
          : entry.keyKind,
      }));
      return { ...expr, exprKind: { case: kind, value: { ...value, entries } } };
    }
    case "comprehensionExpr": {
      const weight = Math.min(extentOf(value.loopStep!).nodes, 1_000);
      const condition = call(value.loopCondition!, "@loop", [
        counted(value.loopCondition!),
        int(expr, weight),
      ]);
      const fold = {
        ...value,
        ...some(value, "iterRange"),
        ...some(value, "accuInit"),
        ...some(value, "loopStep"),
        ...some(value, "result"),
        loopCondition: condition,
      };
      return { ...expr, exprKind: { case: kind, value: fold } };
    }
    default:
      return expr;
  }
}

function some<K extends string>(
  value: { [key in K]?: Expr | undefined },
  key: K,
): { [key in K]?: Expr } {
  const expr = value[key];
  return expr ? { [key]: counted(expr) } as { [key in K]: Expr } : {};
}

function isConstant(expr: Expr): boolean {
  return expr.exprKind.case === "constExpr" ||
    expr.exprKind.case === "listExpr" && childrenOf(expr).every(isConstant) ||
    // duration("5m"), timestamp("…"): what is made of constants decides nothing.
    expr.exprKind.case === "callExpr" && childrenOf(expr).every(isConstant);
}

function node(at: Expr, kind: unknown): Expr {
  return { $typeName: "cel.expr.Expr", id: at.id, exprKind: kind } as Expr;
}

function call(at: Expr, name: string, args: Expr[], target?: Expr): Expr {
  return node(at, {
    case: "callExpr",
    value: { $typeName: "cel.expr.Expr.Call", function: name, args, ...(target ? { target } : {}) },
  });
}

function constant(at: Expr, kind: string, value: unknown): Expr {
  return node(at, {
    case: "constExpr",
    value: { $typeName: "cel.expr.Constant", constantKind: { case: kind, value } },
  });
}

const int = (at: Expr, value: number) => constant(at, "int64Value", BigInt(value));
const bool = (at: Expr, value: boolean) => constant(at, "boolValue", value);
