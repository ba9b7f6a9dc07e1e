import { useEffect, useState } from "react";
import { serverNow } from "#kit/time/clock.ts";

const MINUTE = 60_000;
const minute = () => Math.floor(serverNow().getTime() / MINUTE) * MINUTE;

/** The present minute by the server's clock, epoch milliseconds. */
export function useNow(): number {
  const [now, setNow] = useState(minute);
  useEffect(() => {
    const timer = setInterval(() => setNow(minute()), 5000);
    return () => clearInterval(timer);
  }, []);
  return now;
}
