import { useEffect, useState } from "react";

/** Pauses between keys of an ordinary typist are shorter than this. */
const TYPING_MS = 200;

/** The text once the user has paused. */
export function usePaused(text: string): string {
  const [paused, setPaused] = useState(text);
  useEffect(() => {
    const timer = setTimeout(() => setPaused(text), TYPING_MS);
    return () => clearTimeout(timer);
  }, [text]);
  return paused;
}
