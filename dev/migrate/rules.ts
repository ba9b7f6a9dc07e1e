import { type AlterTableCmd, type ColumnDef, type Constraint, loadModule, type Node, parseSync } from "libpg-query";
import { OUTSIDE } from "./apply.ts";

await loadModule();

/**
 * Says in a line before a statement that it takes something away, and why the Workers that still serve do not need it:
 * `-- contract: since <version> no Worker reads it`. It excuses any statement but a second one of the same step.
 */
const CONTRACT = /^-- contract: \S/m;

/** These tables have one row. A lock on them while they are read lasts no time. */
const ONE_ROW = ["clinic", "policy"];

const TAKES_AWAY =
  "old Workers still use it: leave it to a later release, and say there why it is safe (`-- contract: ...`)";
const REWRITTEN = "the table is rewritten under a lock: add a column, fill it in batches, and use it";
const NOT_VALID = "the table is read under a lock: add it as not valid, and validate it in a later migration";
const CONCURRENTLY = `nothing can be booked while it is built: create it concurrently (${OUTSIDE})`;
const USING_INDEX = `the table is locked while the index is built: build it concurrently (${OUTSIDE}), and add it with using index`;
const IN_BATCHES = "its locks last until the end: change rows in a job, in batches";
const UNKNOWN =
  "it is not known to let bookings go on: see dev/migrate/rules.ts, or say why it does (`-- contract: ...`)";

/** Statements that add something. What they lock, they lock for a moment. */
const ADDING = new Set([
  "AlterRoleSetStmt",
  "CommentStmt",
  "CreateEnumStmt",
  "CreateExtensionStmt",
  "CreateFunctionStmt",
  "CreateSchemaStmt",
  "CreateSeqStmt",
  "CreateStmt",
  "CreateTrigStmt",
  "InsertStmt",
  "ViewStmt",
]);

/** Parts of `ALTER TABLE` that neither read the table nor take anything away. */
const BRIEF = new Set([
  "AT_DropNotNull",
  "AT_ResetRelOptions",
  "AT_SetOptions",
  "AT_SetRelOptions",
  "AT_SetStatistics",
]);

/** Constraints for which the table is read when they are added. */
const READ = new Set<Constraint["contype"]>(["CONSTR_CHECK", "CONSTR_FOREIGN", "CONSTR_NOTNULL"]);
/** Constraints for which an index is built. */
const INDEXED = new Set<Constraint["contype"]>(["CONSTR_EXCLUSION", "CONSTR_PRIMARY", "CONSTR_UNIQUE"]);

/** Functions that give one value for a whole statement: a column with such a default is added without a rewrite. */
const ONE_VALUE = new Set(["now", "transaction_timestamp", "statement_timestamp"]);

/** What else the migration does, for what one statement alone does not show. */
interface Migration {
  isOutside: boolean;
  /** Tables that it makes: no Worker uses them yet. */
  made: Set<string>;
  /** Indexes that it builds concurrently. */
  built: Set<string>;
  /** How many statements change each table. */
  changes: Map<string, number>;
}

/**
 * What in a migration would stop bookings, or break the Workers of the build before: each with the statement and the way out.
 * Only what is known to be harmless passes. The statements are read by Postgres' own parser.
 * @param text a file of drizzle/
 */
export function breachesOf(text: string): string[] {
  const steps = text.split("--> statement-breakpoint");
  const parsed = steps.map(parse);
  const nodes = parsed.flatMap((step) => (step.length === 1 ? step : []));
  const migration: Migration = {
    isOutside: text.startsWith(OUTSIDE),
    made: new Set(nodes.flatMap((node) => ("CreateStmt" in node ? [node.CreateStmt.relation?.relname ?? ""] : []))),
    built: new Set(nodes.flatMap((node) => builtIndex(node) ?? [])),
    changes: new Map(),
  };
  for (const node of nodes) {
    if (!("AlterTableStmt" in node)) continue;
    const table = node.AlterTableStmt.relation?.relname ?? "";
    migration.changes.set(table, (migration.changes.get(table) ?? 0) + 1);
  }
  return steps.flatMap((step, at) => {
    const [node, ...others] = parsed[at] ?? [];
    const shown = plainly(step).slice(0, 80);
    if (!node || others.length > 0) return [`${shown}: one statement that Postgres can parse between two breakpoints`];
    if (CONTRACT.test(step)) return [];
    return [...breaches(node, migration), ...breachesOfPlace(node, migration, parsed[at - 1]?.[0])].map(
      (instead) => `${shown}: ${instead}`,
    );
  });
}

function parse(step: string): Node[] {
  try {
    return (parseSync(step).stmts ?? []).flatMap(({ stmt }) => stmt ?? []);
  } catch {
    return [];
  }
}

function breaches(node: Node, migration: Migration): string[] {
  if (changesRows(node)) return [IN_BATCHES];
  if (ADDING.has(Object.keys(node)[0] ?? "")) return [];
  if ("GrantStmt" in node) return node.GrantStmt.is_grant ? [] : [TAKES_AWAY];
  if ("AlterEnumStmt" in node) return node.AlterEnumStmt.oldVal === undefined ? [] : [TAKES_AWAY];
  if ("RenameStmt" in node || "AlterObjectSchemaStmt" in node) return [TAKES_AWAY];
  if ("DropStmt" in node) return migration.built.has(droppedIndex(node) ?? "") ? [] : [TAKES_AWAY];
  if ("IndexStmt" in node) {
    const isNew = migration.made.has(node.IndexStmt.relation?.relname ?? "");
    return node.IndexStmt.concurrent || isNew ? [] : [CONCURRENTLY];
  }
  if (!("AlterTableStmt" in node) || node.AlterTableStmt.objtype !== "OBJECT_TABLE") return [UNKNOWN];
  const table = node.AlterTableStmt.relation?.relname ?? "";
  return (node.AlterTableStmt.cmds ?? []).flatMap((part) =>
    "AlterTableCmd" in part ? breachesOfChange(part.AlterTableCmd, table, migration) : [UNKNOWN],
  );
}

function breachesOfChange(change: AlterTableCmd, table: string, { made, changes, isOutside }: Migration): string[] {
  const kind = change.subtype ?? "";
  if (kind === "AT_ColumnDefault") return change.def ? [] : [TAKES_AWAY];
  if (BRIEF.has(kind)) return [];
  if (kind.startsWith("AT_Drop")) return [TAKES_AWAY];
  if (made.has(table)) return [];
  if (kind === "AT_AlterColumnType") return [REWRITTEN];
  if (kind === "AT_SetNotNull") return [NOT_VALID];
  if (kind === "AT_AddColumn" && change.def && "ColumnDef" in change.def) return breachesOfColumn(change.def.ColumnDef);
  if (kind === "AT_AddConstraint" && change.def && "Constraint" in change.def) {
    return breachesOfConstraint(change.def.Constraint);
  }
  if (kind === "AT_ValidateConstraint") {
    // A lock that the same transaction took before lasts while the table is read.
    return isOutside || ONE_ROW.includes(table) || changes.get(table) === 1 ? [] : [NOT_VALID];
  }
  return [UNKNOWN];
}

function breachesOfColumn(column: ColumnDef): string[] {
  const constraints = (column.constraints ?? []).flatMap((node) => ("Constraint" in node ? [node.Constraint] : []));
  const value = constraints.find(({ contype }) => contype === "CONSTR_DEFAULT")?.raw_expr;
  const types = (column.typeName?.names ?? []).flatMap((name) => ("String" in name ? (name.String.sval ?? "") : []));
  const found = constraints.flatMap((constraint) => {
    const { contype, generated_kind } = constraint;
    if (contype === "CONSTR_NOTNULL" && value) return [];
    if (contype === "CONSTR_NOTNULL") return ["old Workers do not fill it: give it a default"];
    if (contype === "CONSTR_GENERATED" && generated_kind === "v") return [];
    if (contype === "CONSTR_GENERATED" || contype === "CONSTR_IDENTITY") return [REWRITTEN];
    return contype === "CONSTR_DEFAULT" || contype === "CONSTR_NULL" ? [] : breachesOfConstraint(constraint);
  });
  if ((value && !isOneValue(value)) || types.some((name) => name.endsWith("serial"))) found.push(REWRITTEN);
  return found;
}

function breachesOfConstraint({ contype, skip_validation, indexname }: Constraint): string[] {
  if (READ.has(contype)) return skip_validation ? [] : [NOT_VALID];
  if (INDEXED.has(contype)) return indexname ? [] : [USING_INDEX];
  return [UNKNOWN];
}

/** Whether a default is the same for all rows, so that Postgres notes it once instead of writing each row. */
function isOneValue(value: Node): boolean {
  if ("A_Const" in value || "SQLValueFunction" in value) return true;
  if ("TypeCast" in value) return value.TypeCast.arg !== undefined && isOneValue(value.TypeCast.arg);
  if ("A_ArrayExpr" in value) return (value.A_ArrayExpr.elements ?? []).every(isOneValue);
  if (!("FuncCall" in value)) return false;
  const name = value.FuncCall.funcname?.at(-1);
  return name !== undefined && "String" in name && ONE_VALUE.has(name.String.sval ?? "");
}

/** Whether rows that exist are changed or locked, also inside of a `WITH`. */
function changesRows(node: unknown): boolean {
  if (node === null || typeof node !== "object") return false;
  return Object.entries(node).some(
    ([key, value]) =>
      ["DeleteStmt", "LockStmt", "LockingClause", "MergeStmt", "TruncateStmt", "UpdateStmt"].includes(key) ||
      value === "ONCONFLICT_UPDATE" ||
      changesRows(value),
  );
}

/** The name of the index that a statement builds concurrently. */
function builtIndex(node: Node): string | undefined {
  return "IndexStmt" in node && node.IndexStmt.concurrent ? (node.IndexStmt.idxname ?? "") : undefined;
}

/** The name of the index that a statement drops concurrently, if it exists. */
function droppedIndex(node: Node | undefined): string | undefined {
  if (!node || !("DropStmt" in node) || !node.DropStmt.concurrent || !node.DropStmt.missing_ok) return undefined;
  const [object] = node.DropStmt.objects ?? [];
  const name = object && "List" in object ? object.List.items?.at(-1) : undefined;
  return name && "String" in name ? name.String.sval : undefined;
}

/** What a statement breaks by its place: in or outside of a transaction, and after which one. */
function breachesOfPlace(node: Node, { isOutside }: Migration, before: Node | undefined): string[] {
  const index = builtIndex(node);
  const isConcurrent = index !== undefined || ("DropStmt" in node && node.DropStmt.concurrent === true);
  if (!isOutside) return isConcurrent ? [`it needs "${OUTSIDE}" as the first line`] : [];
  const found: string[] = [];
  if (!isConcurrent && !isValidation(node)) found.push("only indexes and validations are made outside a transaction");
  if (index !== undefined && index !== droppedIndex(before)) {
    found.push("an attempt that broke off leaves a broken index: drop it before, if it exists");
  }
  return found;
}

function isValidation(node: Node): boolean {
  return (
    "AlterTableStmt" in node &&
    (node.AlterTableStmt.cmds ?? []).every(
      (part) => "AlterTableCmd" in part && part.AlterTableCmd.subtype === "AT_ValidateConstraint",
    )
  );
}

/** A step without comments and line breaks, for messages. */
function plainly(step: string): string {
  return step.replaceAll(/--.*$/gm, "").replaceAll(/\s+/g, " ").trim();
}
