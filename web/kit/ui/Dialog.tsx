import { useLingui } from "@lingui/react/macro";
import { type ReactNode, useEffect, useId, useRef } from "react";
import classes from "./Dialog.module.css";

export interface DialogProps {
  title: string;
  onClose: () => void;
  children: ReactNode;
  /** For lists in columns. */
  wide?: boolean;
}

/**
 * A modal dialog, on the browser's own: the rest of the page is inert, and Escape closes it. The focus goes to the element
 * with `data-autofocus`, else to the title, and afterwards back to where it was.
 */
export function Dialog({ title, onClose, children, wide = false }: DialogProps) {
  const { t } = useLingui();
  const id = useId();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const shown = dialog.current;
    const before = document.activeElement;
    shown?.showModal();
    const first = shown?.querySelector<HTMLElement>("[data-autofocus]") ?? shown?.querySelector<HTMLElement>("h2");
    first?.focus();
    return () => {
      shown?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      className={classes["dialog"]}
      data-wide={wide || undefined}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      // Keys are the dialog's alone: the page behind it must not act on them.
      onKeyDown={(event) => event.stopPropagation()}
    >
      <div className={classes["head"]}>
        <h2 id={id} tabIndex={-1}>
          {title}
        </h2>
        <button type="button" className={classes["close"]} onClick={onClose} aria-label={t`Close`}>
          <span aria-hidden="true">×</span>
        </button>
      </div>
      {children}
    </dialog>
  );
}
