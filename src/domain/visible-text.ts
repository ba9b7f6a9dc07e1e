/** A visible character: no space, no mark without a letter, no blank symbol (U+2800: empty Braille). */
const SEEN = /[^\s\p{M}\p{Z}\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Joiners and variation selectors, which scripts need within words. */
const SHAPING = String.raw`\u034f\u180b-\u180f\u200c-\u200d\ufe00-\ufe0f\u{e0100}-\u{e01ef}`;

/** Characters that are not seen, or that turn the direction of the text around them (Unicode UAX 9). */
const HIDDEN = new RegExp(
  String.raw`(?![${SHAPING}])[\p{Default_Ignorable_Code_Point}\p{Bidi_Control}\u2800\ufff9-\ufffb]`,
  "u",
);

/** Joiners and variation selectors where they shape nothing: not behind a letter, a mark or a sign. */
const LOOSE = new RegExp(String.raw`(?<![\p{L}\p{M}\p{N}\p{S}${SHAPING}])[${SHAPING}]`, "u");

/** A joiner behind a letter of a script without joiners. With one between its letters, `Niamh` looks the same. */
const USELESS =
  /[\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}\p{sc=Armenian}\p{sc=Georgian}\p{sc=Hebrew}\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}\p{N}](?:\u200c|\u200d)/u;

/** Whether something of the text can be seen. An empty text hides nothing. */
export const isSeen = (text: string): boolean => text === "" || SEEN.test(text);

/**
 * Whether all of a name can be seen, and it leaves the text around it as it is. The joiners U+200C and U+200D are allowed
 * behind letters of the scripts that need them, such as Persian and Sinhala.
 */
export const isPlain = (text: string): boolean => !HIDDEN.test(text) && !LOOSE.test(text) && !USELESS.test(text);
