import { Alert } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import classes from "./Notice.module.css";

export interface NoticeProps {
  tone: "info" | "warn" | "bad";
  title: string;
  children?: ReactNode;
  /** Takes the focus when it appears, as the answer to the user's action. */
  focus?: boolean;
  /** Screen readers read it when it appears, without a change of focus. */
  live?: boolean;
}

const COLOR = { info: "tide", warn: "yellow", bad: "red" } as const;

/** A message inside a page: what happened and what to do next. */
export function Notice({ tone, title, children, focus = false, live = false }: NoticeProps) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (focus) box.current?.focus();
  }, [focus]);
  return (
    <Alert
      ref={box}
      tabIndex={-1}
      role={live ? "status" : "group"}
      color={COLOR[tone]}
      title={title}
      className={classes["notice"] ?? ""}
      data-tone={tone}
    >
      {children}
    </Alert>
  );
}
