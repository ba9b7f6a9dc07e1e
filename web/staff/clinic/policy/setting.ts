/** The words about a setting. */
export interface SettingWords {
  label: string;
  /** The meaning and the effect of the setting. */
  text: string;
}
