import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useRef, useState } from "react";
import type { BoardAppointment } from "#contract/answers/board.ts";
import { changeOnBoard } from "#kit/board/change.ts";
import type { Mark } from "#kit/board/marks.ts";
import { statusWords } from "#kit/board/words.ts";

export interface Marking {
  mark: (appointment: BoardAppointment, mark: Mark) => void;
  error: unknown;
  /** The last action, for screen readers too. */
  said: string;
}

/** Marks who came, and reads the board again after each mark. A version of an appointment is marked once. */
export function useMark(): Marking {
  const queryClient = useQueryClient();
  const marked = useRef(new Map<string, number>());
  const [error, setError] = useState<unknown>(null);
  const [said, setSaid] = useState("");
  const run = useCallback(
    async (appointment: BoardAppointment, status: Mark) => {
      const { id, version } = appointment;
      if (version <= (marked.current.get(id) ?? 0)) return;
      marked.current.set(id, version);
      setError(null);
      try {
        const [after] = await changeOnBoard(appointment, "attendance", { status });
        setSaid(`${after.patientName}: ${statusWords(after.status)}`);
      } catch (problem) {
        marked.current.delete(id);
        setError(problem);
      }
      await queryClient.invalidateQueries({ queryKey: ["board"] });
    },
    [queryClient],
  );
  const mark = useCallback<Marking["mark"]>((appointment, status) => void run(appointment, status), [run]);
  return { mark, error, said };
}
