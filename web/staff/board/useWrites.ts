import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useState } from "react";
import type { Appointment } from "#contract/answers/appointments.ts";
import type { Waiting } from "#kit/api/request.ts";
import { type Write, perform } from "./writes.ts";

export interface Writes {
  run: (write: Write) => Promise<void>;
  pending: Write | null;
  waiting: Waiting;
}

/** Performs writes of the board, one at a time. Reads the board again after each. @param on must be stable */
export function useWrites(on: {
  done: (write: Write, appointment: Appointment, version: number) => void;
  failed: (write: Write, error: unknown) => void;
}): Writes {
  const queryClient = useQueryClient();
  const [pending, setPending] = useState<Write | null>(null);
  const [waiting, setWaiting] = useState<Waiting>(null);
  const run = useCallback(
    async (write: Write) => {
      setPending(write);
      try {
        const [appointment, version] = await perform(write, setWaiting);
        await queryClient.invalidateQueries({ queryKey: ["board"] });
        void queryClient.invalidateQueries({ queryKey: ["appointment", appointment.id] });
        on.done(write, appointment, version);
      } catch (error) {
        void queryClient.invalidateQueries({ queryKey: ["board"] });
        on.failed(write, error);
      } finally {
        setPending(null);
      }
    },
    [queryClient, on],
  );
  return { run, pending, waiting };
}
