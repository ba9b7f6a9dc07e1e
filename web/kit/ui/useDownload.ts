import { useMutation } from "@tanstack/react-query";
import { fetchFile } from "../api/request.ts";

/** The browser has taken the file over by then, milliseconds. */
const KEPT_MS = 10_000;

/**
 * Saves a file of the API under the name that it gives.
 * @param type the media type that is asked for
 */
export function useDownload(path: string, type: string) {
  return useMutation({
    mutationFn: () => fetchFile(path, type),
    onSuccess: ({ content, name }) => {
      const url = URL.createObjectURL(content);
      const link = Object.assign(document.createElement("a"), { href: url, download: name });
      link.click();
      setTimeout(() => URL.revokeObjectURL(url), KEPT_MS);
    },
  });
}
