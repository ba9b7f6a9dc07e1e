/** Search parameters are plain texts, so that ids and dates are readable in the address. */
export const plainSearch = {
  parseSearch: (text: string): Record<string, unknown> => Object.fromEntries(new URLSearchParams(text)),
  stringifySearch: (search: Record<string, unknown>): string => {
    const set = Object.entries(search).filter(([, value]) => value !== undefined && value !== "");
    return set.length === 0 ? "" : `?${new URLSearchParams(set as [string, string][]).toString()}`;
  },
};
