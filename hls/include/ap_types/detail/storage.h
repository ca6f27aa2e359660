// Which integer type holds W bits, and the few operations the built-in and the multi-limb ones share.
// SPDX-License-Identifier: Apache-2.0
#ifndef AXOC_AP_TYPES_DETAIL_STORAGE_H
#define AXOC_AP_TYPES_DETAIL_STORAGE_H

#include <cstdint>

#include "wide.h"

namespace axoc::ap::detail {

constexpr int max_of(int a, int b) { return a > b ? a : b; }
constexpr int min_of(int a, int b) { return a < b ? a : b; }

/// Size in bits of the integer for W bits. A multi-limb integer is always signed: one bit more for an unsigned value.
constexpr int slot_bits(int W, bool S) {
  if (W <= 8) return 8;
  if (W <= 16) return 16;
  if (W <= 32) return 32;
  if (W <= 64) return 64;
  if (W <= 128) return 128;
  return (W + !S + 63) / 64 * 64;
}

template <int Bits, bool S>
struct slot {
  using type = wide<Bits / 64>;
};
template <> struct slot<8, true> { using type = std::int8_t; };
template <> struct slot<8, false> { using type = std::uint8_t; };
template <> struct slot<16, true> { using type = std::int16_t; };
template <> struct slot<16, false> { using type = std::uint16_t; };
template <> struct slot<32, true> { using type = std::int32_t; };
template <> struct slot<32, false> { using type = std::uint32_t; };
template <> struct slot<64, true> { using type = std::int64_t; };
template <> struct slot<64, false> { using type = std::uint64_t; };
template <> struct slot<128, true> { using type = int128; };
template <> struct slot<128, false> { using type = uint128; };

/// What keeps a raw value of W bits (signed if S): the smallest that does.
template <int W, bool S>
using store_t = typename slot<slot_bits(W, S), S>::type;

/// What computes with values of W bits: as store_t, but never narrower than the machine's int.
template <int W, bool S>
using work_t = store_t<max_of(W, 32), S>;

template <class T>
struct is_wide {
  static constexpr bool value = false;
};
template <int N>
struct is_wide<wide<N>> {
  static constexpr bool value = true;
};

template <class T>
constexpr int bits_of = static_cast<int>(sizeof(T)) * 8;

/// The type in which left shifts of T are defined for every value.
template <class T, bool Wide = is_wide<T>::value>
struct shiftable {
  using type = work_t<bits_of<T>, false>;
};
template <class T>
struct shiftable<T, true> {
  using type = T;
};

template <class T>
constexpr bool is_negative(const T& v) {
  if constexpr (is_wide<T>::value) return v.negative();
  else if constexpr (static_cast<T>(-1) < static_cast<T>(0)) return v < 0;
  else return false;
}

/// v * 2^n, modulo the size of T; 0 <= n < its bits.
template <class T>
constexpr T shift_left(const T& v, int n) {
  using U = typename shiftable<T>::type;
  return static_cast<T>(static_cast<U>(v) << n);
}

/// 2^n - 1; 0 <= n <= the bits of T, where all of them make -1 of a signed T.
template <class T>
constexpr T low_mask(int n) {
  using U = typename shiftable<T>::type;
  if (n >= bits_of<T>) return static_cast<T>(-1);
  return static_cast<T>((static_cast<U>(1) << n) - static_cast<U>(1));
}

/// The low W bits of v read as a raw value of W bits.
template <int W, bool S, class T>
constexpr store_t<W, S> low_bits(const T& v) {
  using U = work_t<W, false>;
  using V = work_t<W, S>;
  constexpr int spare = bits_of<V> - W;
  if constexpr (S) return static_cast<store_t<W, S>>(static_cast<V>(static_cast<U>(v) << spare) >> spare);
  else return static_cast<store_t<W, S>>(static_cast<U>(v) & low_mask<U>(W));
}

}  // namespace axoc::ap::detail

#endif
