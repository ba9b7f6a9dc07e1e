import { infiniteQueryOptions } from "@tanstack/react-query";
import type * as z from "zod/v4";
import type { Task, Tasks } from "#contract/answers/tasks.ts";
import { query, send } from "#kit/api/request.ts";

/** The key of every list of tasks. */
export const TASKS = ["tasks"] as const;

/** The open tasks, or those that are done, page by page in the order of the API. */
export function tasksQuery(status: Task["status"]) {
  return infiniteQueryOptions({
    queryKey: [...TASKS, status],
    queryFn: async ({ pageParam, signal }) => {
      const path = `/tasks${query({ status, limit: 50, cursor: pageParam })}`;
      return (await send<z.infer<typeof Tasks>>(path, { signal })).data;
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ nextCursor }) => nextCursor ?? undefined,
  });
}
