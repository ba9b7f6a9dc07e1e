import { useEffect } from "react";

/** The doctors' pages are light or dark: as chosen on this device, else as the system. The patients' pages are light. */
export function useScheme(): void {
  useEffect(() => {
    const root = document.documentElement;
    const system = matchMedia("(prefers-color-scheme: dark)");
    const show = () => {
      const chosen = localStorage.getItem("scheme") ?? "auto";
      const dark = chosen === "dark" || (chosen !== "light" && system.matches);
      root.dataset["mantineColorScheme"] = dark ? "dark" : "light";
    };
    show();
    system.addEventListener("change", show);
    return () => {
      system.removeEventListener("change", show);
      root.dataset["mantineColorScheme"] = "light";
    };
  }, []);
}
