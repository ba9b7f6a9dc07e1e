import {
  Alert,
  Anchor,
  Button,
  type CSSVariablesResolver,
  Chip,
  Textarea,
  Title,
  type VariantColorsResolver,
  createTheme,
  defaultVariantColorsResolver,
  localStorageColorSchemeManager,
} from "@mantine/core";

/** The scheme chosen on this device. The page's first script (web/public/shell.js) reads this key too. */
export const schemes = localStorageColorSchemeManager({ key: "scheme" });

/** Buttons take the tokens of base.css and dark.css, so that they are right in both schemes. */
const variantColors: VariantColorsResolver = (input) => {
  const danger = input.color === "var(--danger)";
  const own = defaultVariantColorsResolver(input);
  if (!danger && input.color !== "tide") return own;
  const [ink, onInk, hover, tint] = danger
    ? ["var(--danger)", "var(--on-danger)", "var(--danger-hover)", "var(--bad-tint)"]
    : ["var(--brand)", "var(--on-brand)", "var(--brand-hover)", "var(--brand-tint)"];
  switch (input.variant) {
    case "filled":
      return { background: ink, hover, color: onInk, border: "1px solid transparent" };
    case "outline":
      return { background: "transparent", hover: tint, color: ink, border: `1px solid ${ink}` };
    case "subtle":
      return { background: "transparent", hover: tint, color: ink, border: "1px solid transparent" };
    case "white":
      return { background: "var(--surface)", hover: tint, color: ink, border: "1px solid transparent" };
    default:
      return own;
  }
};

/** Teal on near-white. Every pair of text and background has a contrast of at least 4.5:1. */
export const theme = createTheme({
  primaryColor: "tide",
  primaryShade: 8,
  colors: {
    tide: [
      "#eaf5f3",
      "#d6eae7",
      "#b0d5d0",
      "#86bdb7",
      "#5fa49e",
      "#3f8b87",
      "#2a7775",
      "#1a6869",
      "#0f5f63",
      "#0a484c",
    ],
  },
  black: "#14282e",
  fontFamily: 'ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Helvetica Neue", sans-serif',
  headings: { fontFamily: "inherit", fontWeight: "700" },
  defaultRadius: "md",
  variantColorResolver: variantColors,
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Alert: Alert.extend({ defaultProps: { radius: "lg" } }),
    Anchor: Anchor.extend({ defaultProps: { underline: "always" } }),
    Button: Button.extend({ defaultProps: { size: "md" } }),
    Chip: Chip.extend({ defaultProps: { size: "md", radius: "xl", variant: "filled" } }),
    Textarea: Textarea.extend({ defaultProps: { size: "md" } }),
    Title: Title.extend({ defaultProps: { textWrap: "balance" } }),
  },
});

/** Replaces Mantine's greys, whose contrast on a tinted background is too low. */
export const cssVariables: CSSVariablesResolver = () => ({
  variables: {
    // A button without a variant and a link take these.
    "--mantine-primary-color-filled": "var(--brand)",
    "--mantine-primary-color-filled-hover": "var(--brand-hover)",
    "--mantine-color-anchor": "var(--brand)",
  },
  light: {
    "--mantine-color-body": "#f5f8f7",
    "--mantine-color-dimmed": "#48595f",
    "--mantine-color-placeholder": "#5d6d72",
    "--mantine-color-error": "#a32020",
    "--mantine-color-default-border": "#7b8e8d",
    // The border of a text field, 3:1 against the card.
    "--mantine-color-gray-4": "#7b8e8d",
  },
  dark: {
    "--mantine-color-body": "#101419",
    "--mantine-color-text": "#e4e8ed",
    "--mantine-color-dimmed": "#a7afb7",
    "--mantine-color-placeholder": "#9299a1",
    "--mantine-color-error": "#ff9f94",
    "--mantine-color-default": "#262a31",
    "--mantine-color-default-hover": "#31363e",
    "--mantine-color-default-border": "#6b737c",
    // The border of a text field.
    "--mantine-color-dark-4": "#6b737c",
    "--mantine-color-dark-6": "#1b1e23",
  },
});
