/** The one allocator of identifiers for generated code: no original name ever reaches C++, Tcl, a Makefile or a shell. */

/** Words that C++, Tcl or the vendor's headers keep for themselves, or that the generated files use with a fixed meaning. */
const reservedWords: ReadonlySet<string> = new Set(
  `alignas alignof and and_eq asm atomic_cancel atomic_commit atomic_noexcept auto bitand bitor bool break case catch char
  char8_t char16_t char32_t class co_await co_return co_yield compl concept const const_cast consteval constexpr constinit
  continue decltype default delete do double dynamic_cast else enum explicit export extern false float for friend goto if
  import inline int int8_t int16_t int32_t int64_t uint8_t uint16_t uint32_t uint64_t size_t long module mutable namespace
  new noexcept not not_eq nullptr operator or or_eq override final private protected public reflexpr register
  reinterpret_cast requires return short signed sizeof static static_assert static_cast struct switch synchronized template
  this thread_local throw true try typedef typeid typename union unsigned using virtual void volatile wchar_t while xor
  xor_eq assert errno main std stdin stdout stderr linux unix i386 NULL EOF INFINITY NAN
  ap_fixed ap_ufixed ap_int ap_uint ap_ssdm hls axoc csim csynth cosim make all clean project input output valid`
    .split(/\s+/)
    .filter((word) => word.length > 0),
);

/** Longest identifier: vendor tools cut longer ones. */
const maxLength = 64;

/** A C++ identifier made of the letters and digits of `name`: ASCII, no leading digit, no double underscore, not reserved, at most 64 long. */
export function plainIdentifier(name: string): string {
  const words = name.replace(/[^A-Za-z0-9]+/g, '_').replace(/^_+/, '');
  const isFree = /^[A-Za-z]/.test(words) && !isReserved(words.replace(/_+$/, ''));
  return (isFree ? words : `n_${words}`).slice(0, maxLength).replace(/_+$/, '');
}

function isReserved(word: string): boolean {
  return reservedWords.has(word) || /^(ap|AP)_/.test(word) || /^AXOC_/.test(word);
}

/** Hands out identifiers that are plain and used once. */
export class Identifiers {
  readonly #taken = new Set<string>();

  /** The plain form of `name`, with `_2`, `_3`, ... behind it when that is taken. */
  allocate(name: string): string {
    const plain = plainIdentifier(name);
    let identifier = plain;
    for (let n = 2; this.#taken.has(identifier); n++) identifier = numbered(plain, `_${n}`);
    this.#taken.add(identifier);
    return identifier;
  }
}

/** The name with a number behind it, cut where both together would be too long to be plain. */
function numbered(plain: string, suffix: string): string {
  return plain.slice(0, maxLength - suffix.length).replace(/_+$/, '') + suffix;
}
