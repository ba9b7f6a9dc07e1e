import table from "ioredis-mock/data/command-info.json" with { type: "json" };
import { RedisError } from "./engine.ts";
import type { RedisCommand } from "./engine.ts";

/** What Redis itself says about a command (`COMMAND INFO`). */
export type CommandInfo = {
  name: string;
  /** Number of words including the name; negative means "at least". */
  arity: number;
  writes: boolean;
  /** Position of the first key, 0 for none. */
  firstKey: number;
  /** `string`, `hash`, `list`, `set` or `sortedset`; null for commands that take any type. */
  family: string | null;
};

const FAMILIES = new Set(["@string", "@hash", "@list", "@set", "@sortedset"]);

const commands = new Map<string, CommandInfo>(
  (table as unknown as [string, number, string[], number, number, number, string[]][]).map(
    ([name, arity, flags, firstKey, , , categories]) => [
      name.toLowerCase(),
      {
        name: name.toLowerCase(),
        arity,
        writes: flags.includes("write"),
        firstKey,
        family: categories.find((category) => FAMILIES.has(category))?.slice(1) ?? null,
      },
    ],
  ),
);

/**
 * Looks a command up and checks the number of its arguments, as Redis does before it runs or queues one.
 *
 * @throws RedisError in Redis' words.
 */
export function describeCommand(command: RedisCommand): CommandInfo {
  const info = commands.get(command[0].toLowerCase());
  if (info === undefined) {
    const args = command.slice(1).map((arg) => `'${arg}' `);
    throw new RedisError(`ERR unknown command '${command[0]}', with args beginning with: ${args.join("")}`);
  }
  if (info.arity >= 0 ? command.length !== info.arity : command.length < -info.arity) {
    throw new RedisError(`ERR wrong number of arguments for '${info.name}' command`);
  }
  return info;
}
