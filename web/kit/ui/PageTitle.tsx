import { Title } from "@mantine/core";
import { type ReactNode, useEffect, useRef } from "react";
import classes from "./PageTitle.module.css";

const state = { moved: false };

/** Called by the app's router at a navigation: new headings then take the focus. On the first page the browser decides. */
export function noteNavigation(): void {
  state.moved = true;
}

export interface PageTitleProps {
  children: ReactNode;
  /** The title of the browser tab. */
  documentTitle: string;
  /** Takes the focus also on the first page, for a state that the user must not miss. */
  urgent?: boolean;
}

/** The H1 of a page. It sets the tab's title and takes the focus, so that screen readers announce the page. */
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
