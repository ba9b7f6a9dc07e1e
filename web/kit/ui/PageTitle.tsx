import { Title } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import classes from "./PageTitle.module.css";

const state = { moved: false };

/** Told by the app's router: from now on a new heading takes the focus. The first page leaves it to the browser. */
export function noteNavigation(): void {
  state.moved = true;
}

export interface PageTitleProps {
  children: ReactNode;
  /** What the browser tab says. */
  documentTitle: string;
  /** Takes the focus even on the first page, for a state the reader must not miss. */
  urgent?: boolean;
}

/** The one H1 of a page. It names the tab and takes the focus, so that a screen reader hears where one is. */
export function PageTitle({ children, documentTitle, urgent = false }: PageTitleProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    document.title = documentTitle;
  }, [documentTitle]);
  useEffect(() => {
    if (state.moved || urgent) heading.current?.focus({ preventScroll: !urgent });
  }, [urgent]);
  return (
    <Title order={1} ref={heading} tabIndex={-1} id="page-title" className={classes["title"] ?? ""}>
      {children}
    </Title>
  );
}
