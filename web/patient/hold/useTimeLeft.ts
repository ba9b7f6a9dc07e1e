import { useEffect, useState } from "react";

const TICK_MS = 250;
const SLEPT_MS = 1500;

/**
 * Milliseconds left until `endsAt` (`performance.now()`), rounded up to whole seconds; undefined without an end.
 * @param onEnd called once at the end, and after the device has slept
 */
export function useTimeLeft(endsAt: number | undefined, onEnd: () => void): number | undefined {
  const [now, setNow] = useState(() => performance.now());
  useEffect(() => {
    if (endsAt === undefined) return undefined;
    let drift = Date.now() - performance.now();
    let ended = false;
    const tick = () => {
      const present = performance.now();
      setNow((shown) => (wholeSeconds(endsAt - shown) === wholeSeconds(endsAt - present) ? shown : present));
      const slept = Math.abs(Date.now() - present - drift) > SLEPT_MS;
      if (slept) drift = Date.now() - present;
      if (slept || (!ended && present >= endsAt)) onEnd();
      ended ||= present >= endsAt;
    };
    tick();
    const timer = setInterval(tick, TICK_MS);
    return () => clearInterval(timer);
  }, [endsAt, onEnd]);
  return endsAt === undefined ? undefined : wholeSeconds(endsAt - now) * 1000;
}

const wholeSeconds = (ms: number) => Math.max(0, Math.ceil(ms / 1000));
