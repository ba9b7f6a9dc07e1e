import { plural, t } from "@lingui/core/macro";
import { useLingui } from "@lingui/react";
import { VisuallyHidden } from "@mantine/core";
import { useEffect, useRef } from "react";
import { durationOf } from "#kit/time/format.ts";

type Stage = "held" | "minute" | "seconds" | "over";

export interface HoldAnnouncerProps {
  /** Undefined until the hold is known. */
  msLeft: number | undefined;
  extensionsLeft: number | undefined;
}

/**
 * Announces the hold to screen readers only at its start, at a minute, at 20 seconds and at its end. After
 * an extension, or in another language, it starts again. The visible countdown itself is silent.
 */
export function HoldAnnouncer({ msLeft, extensionsLeft }: HoldAnnouncerProps) {
  const region = useRef<HTMLDivElement>(null);
  const { locale } = useLingui().i18n;
  const said = useRef<{ stage?: Stage; extensionsLeft?: number | undefined; locale?: string }>({});

  useEffect(() => {
    if (msLeft === undefined || !region.current) return;
    const stage = stageOf(msLeft);
    const extended = said.current.extensionsLeft !== undefined && said.current.extensionsLeft !== extensionsLeft;
    const isSaid = said.current.stage === stage && said.current.locale === locale;
    if (isSaid && !(extended && stage === "held")) return;
    said.current = { stage, extensionsLeft: extensionsLeft ?? said.current.extensionsLeft, locale };
    // Written into a region that is already in the page, because screen readers read only changes.
    region.current.textContent = wordsOf(stage, msLeft / 1000, extended ? extensionsLeft : undefined);
  }, [msLeft, extensionsLeft, locale]);

  return <VisuallyHidden component="div" ref={region} aria-live="polite" data-hold-status="" />;
}

function stageOf(msLeft: number): Stage {
  if (msLeft <= 0) return "over";
  if (msLeft <= 20_000) return "seconds";
  return msLeft <= 60_000 ? "minute" : "held";
}

function wordsOf(stage: Stage, seconds: number, extensionsLeft: number | undefined): string {
  const duration = durationOf(seconds);
  if (stage === "over") return t`Expired`;
  if (stage !== "held") return t`${duration} left`;
  if (extensionsLeft === undefined) return t`Held for ${duration}`;
  return t`Held for ${duration}. You can keep it longer ${plural(extensionsLeft, { one: "once", other: "# times" })} more.`;
}
