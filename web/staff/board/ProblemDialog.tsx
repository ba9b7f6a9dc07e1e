import { Trans, useLingui } from "@lingui/react/macro";
import { Button, Group, Stack, Text } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import type { Slot } from "#contract/answers/clinic.ts";
import { copyOf } from "#kit/api/problem-copy.ts";
import { Problem, isProblem } from "#kit/api/problem.ts";
import { configQuery } from "#kit/api/queries.ts";
import { asWritten } from "#kit/time/format.ts";
import { Dialog } from "#kit/ui/Dialog.tsx";
import classes from "./screen.module.css";
import type { Write } from "./writes.ts";

export interface ProblemDialogProps {
  error: unknown;
  write: Write;
  doctor: (id: string) => string;
  /** The IANA zone of a location. */
  zone: (locationId: string) => string;
  /** Another free time near the one that was lost. */
  onInstead: (slot: Slot) => void;
  onAgain: () => void;
  onShow: () => void;
  onClose: () => void;
}

/**
 * A write that was refused or got no answer. After 412 it says who changed the appointment and when. The board behind the
 * dialog already shows the new state.
 */
export function ProblemDialog({ error, write, doctor, zone, onInstead, onAgain, onShow, onClose }: ProblemDialogProps) {
  const { t } = useLingui();
  const { data: config } = useQuery(configQuery);
  const { title, text } = copyOf(error, config?.clinic.phone);
  const conflict = isProblem(error, "version-conflict");
  const decided = error instanceof Problem && error.status < 500;
  const instead = error instanceof Problem && write.kind === "move" ? error.alternatives : [];
  return (
    <Dialog title={title} onClose={onClose}>
      <Stack gap="md">
        <Text>{text}</Text>
        {instead.length > 0 && (
          <div className={classes["instead"]}>
            {instead.map((slot) => (
              <Button key={slot.id} variant="outline" onClick={() => onInstead(slot)}>
                {asWritten(slot.startsAt, [zone(slot.locationId)])}, {doctor(slot.doctorId)}
              </Button>
            ))}
          </div>
        )}
        {error instanceof Problem && error.status >= 500 && error.requestId !== undefined && (
          <Text size="sm">{t`Reference for support: ${error.requestId}`}</Text>
        )}
        <Group>
          {conflict ? (
            <Button onClick={onShow} data-autofocus>
              <Trans>Show their change</Trans>
            </Button>
          ) : (
            !decided && (
              <Button onClick={onAgain} data-autofocus>
                <Trans>Try again</Trans>
              </Button>
            )
          )}
          <Button variant="outline" onClick={onClose}>
            <Trans>Close</Trans>
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}
