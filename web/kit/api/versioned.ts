import { queryOptions } from "@tanstack/react-query";
import { send } from "./request.ts";

/** A resource with the ETag of the version that is shown. */
export interface Versioned<Value> {
  value: Value;
  etag: string;
}

/** Reads one resource with its version. A form that the user is filling in must not change, so focus does not read again. */
export function versionedQuery<Value>(path: string) {
  return queryOptions({
    queryKey: ["versioned", path],
    queryFn: async ({ signal }): Promise<Versioned<Value>> => {
      const { data, etag } = await send<Value>(path, { signal });
      return { value: data, etag: etag ?? "" };
    },
    refetchOnWindowFocus: false,
  });
}
