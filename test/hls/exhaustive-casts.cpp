// Every cast from formats of at most 3 bits to formats of at most 3 bits, in all 28 modes, on every value, against the
// definition in plain integer arithmetic. Prints how many were checked and the first that differ. The sources are
// SOURCE<1, SOURCE_I>, SOURCE<2, SOURCE_I + 1> and SOURCE<3, SOURCE_I + 2>, signed if SOURCE_SIGNED.
// SPDX-License-Identifier: Apache-2.0
#include <cstdio>
#include <type_traits>
#include <utility>

#include "ap_fixed.h"

static long casts = 0, checked = 0, wrong = 0;

struct Format {
  int width, fraction;
  bool is_signed;
  ap_q_mode q;
  ap_o_mode o;
};

/// Every number here is a multiple of 2^-grid.
static const int grid = 8;

/// Which of the whole steps n and n + 1 around `value` (both in grid units) the rounding mode takes.
static long rounded(long value, long step, ap_q_mode q) {
  long n = value / step;
  if (n * step > value) --n;
  if (n * step == value) return n;
  const bool negative = value < 0;
  if (q == AP_TRN) return n;
  if (q == AP_TRN_ZERO) return negative ? n + 1 : n;
  const long to_lower = value - n * step, to_upper = (n + 1) * step - value;
  if (to_lower != to_upper) return to_lower < to_upper ? n : n + 1;
  switch (q) {
    case AP_RND: return n + 1;
    case AP_RND_MIN_INF: return n;
    case AP_RND_ZERO: return negative ? n + 1 : n;
    case AP_RND_INF: return negative ? n : n + 1;
    default: return n % 2 == 0 ? n : n + 1;
  }
}

static long expected(long raw, int fraction, const Format& to) {
  long n = rounded(raw * (1L << (grid - fraction)), 1L << (grid - to.fraction), to.q);
  const long count = 1L << to.width;
  const long highest = to.is_signed ? count / 2 - 1 : count - 1;
  const long lowest = !to.is_signed ? 0 : to.o == AP_SAT_SYM ? -highest : -highest - 1;
  if (n >= lowest && n <= highest) return n;
  switch (to.o) {
    case AP_SAT: case AP_SAT_SYM: return n < lowest ? lowest : highest;
    case AP_SAT_ZERO: return 0;
    default:
      n = (n % count + count) % count;
      return n > highest ? n - count : n;
  }
}

/// What the low `width` bits stand for.
static long raw_of(long bits, int width, bool is_signed) {
  return is_signed && bits >> (width - 1) ? bits - (1L << width) : bits;
}

/// Integer bits of the destinations, from SOURCE_I - 2 on: some have more fractional bits than the source, and some
/// drop more bits than the source has.
constexpr int integer_bits_count = 10;

/// Destination number K: its mode changes fastest, then its sign, width and integer bits.
template <int K>
struct destination {
  static constexpr ap_o_mode overflow_modes[] = {AP_SAT, AP_SAT_ZERO, AP_SAT_SYM, AP_WRAP};
  static constexpr int W = K / 56 % 3 + 1, I = K / 168 + SOURCE_I - 2;
  static constexpr bool S = K / 28 % 2 == 1;
  static constexpr ap_q_mode Q = (ap_q_mode)(K % 28 / 4);
  static constexpr ap_o_mode O = overflow_modes[K % 4];
  /// A signed bit has no AP_SAT_SYM: void.
  using type = std::conditional_t<S && W == 1 && O == AP_SAT_SYM, void,
                                  std::conditional_t<S, ap_fixed<W, I, Q, O>, ap_ufixed<W, I, Q, O>>>;
};

/// The bits of every value of From after the cast.
struct Bits {
  unsigned char after[8];
};

template <class From, class To>
constexpr Bits cast_all() {
  Bits bits{};
  if constexpr (!std::is_void<To>::value) {
    for (int before = 0; before < 1 << From::width; ++before) {
      From x = 0;
      x.range() = before;
      bits.after[before] = (unsigned char)To(x).range().to_uint64();
    }
  }
  return bits;
}

struct Cast {
  Format to;
  Bits bits;
};

template <class From, bool FS>
void check(const Cast& cast) {
  const Format& to = cast.to;
  if (to.is_signed && to.width == 1 && to.o == AP_SAT_SYM) return;
  ++casts;
  for (int before = 0; before < 1 << From::width; ++before) {
    const long raw = raw_of(before, From::width, FS), want = expected(raw, From::width - From::iwidth, to);
    const long got = raw_of(cast.bits.after[before], to.width, to.is_signed);
    ++checked;
    if (got == want || ++wrong > 10) continue;
    std::printf("ap_%sfixed<%d,%d> raw %ld to ap_%sfixed<%d,%d> mode %d %d: %ld, expected %ld\n", FS ? "" : "u",
                From::width, From::iwidth, raw, to.is_signed ? "" : "u", to.width, to.width - to.fraction, to.q, to.o,
                got, want);
  }
}

/// The casts are evaluated by the compiler, which also proves them free of undefined behaviour.
template <class From, bool FS, int... K>
void check_all(std::integer_sequence<int, K...>) {
  static constexpr Cast table[] = {{{destination<K>::W, destination<K>::W - destination<K>::I, destination<K>::S,
                                     destination<K>::Q, destination<K>::O},
                                    cast_all<From, typename destination<K>::type>()}...};
  for (const Cast& cast : table) check<From, FS>(cast);
}

int main() {
  using every = std::make_integer_sequence<int, 168 * integer_bits_count>;
  check_all<SOURCE<1, SOURCE_I>, SOURCE_SIGNED>(every());
  check_all<SOURCE<2, SOURCE_I + 1>, SOURCE_SIGNED>(every());
  check_all<SOURCE<3, SOURCE_I + 2>, SOURCE_SIGNED>(every());
  std::printf("%ld casts %ld values %ld wrong\n", casts, checked, wrong);
}
