// Signed two's complement integers of N 64-bit limbs, for what does not fit a built-in integer.
// SPDX-License-Identifier: Apache-2.0
#ifndef AXOC_AP_TYPES_DETAIL_WIDE_H
#define AXOC_AP_TYPES_DETAIL_WIDE_H

#include <cstdint>

namespace axoc::ap::detail {

__extension__ typedef __int128 int128;
__extension__ typedef unsigned __int128 uint128;

/// Arithmetic is modulo 2^(64 N); `>>` copies the sign. limb[0] is the least significant.
template <int N>
struct wide {
  static_assert(N >= 3, "narrower integers are built in");

  std::uint64_t limb[N];

  wide() = default;

  /// From a built-in integer T, keeping its value.
  template <class T>
  constexpr wide(T value) : limb{} {
    limb[0] = static_cast<std::uint64_t>(value);
    int from = 1;
    if constexpr (sizeof(T) > 8) limb[from++] = static_cast<std::uint64_t>(value >> 64);
    bool negative = false;
    if constexpr (static_cast<T>(-1) < static_cast<T>(0)) negative = value < 0;
    for (; from < N; ++from) limb[from] = negative ? ~std::uint64_t(0) : 0;
  }

  /// From another size: the sign is extended or the high limbs are dropped.
  template <int M>
  constexpr wide(const wide<M>& other) : limb{} {
    for (int i = 0; i < N; ++i) limb[i] = i < M ? other.limb[i] : other.fill();
  }

  /// The low bits, as a built-in integer.
  template <class T>
  constexpr explicit operator T() const {
    if constexpr (sizeof(T) > 8) return static_cast<T>(static_cast<uint128>(limb[1]) << 64 | limb[0]);
    else return static_cast<T>(limb[0]);
  }

  constexpr bool negative() const { return limb[N - 1] >> 63 != 0; }

  /// What the limbs above the highest one would hold.
  constexpr std::uint64_t fill() const { return negative() ? ~std::uint64_t(0) : 0; }

  friend constexpr wide operator+(const wide& a, const wide& b) {
    wide sum{0};
    uint128 carry = 0;
    for (int i = 0; i < N; ++i) {
      carry += static_cast<uint128>(a.limb[i]) + b.limb[i];
      sum.limb[i] = static_cast<std::uint64_t>(carry);
      carry >>= 64;
    }
    return sum;
  }

  friend constexpr wide operator~(const wide& a) {
    wide result{0};
    for (int i = 0; i < N; ++i) result.limb[i] = ~a.limb[i];
    return result;
  }

  friend constexpr wide operator-(const wide& a) { return ~a + wide(1); }

  friend constexpr wide operator-(const wide& a, const wide& b) { return a + -b; }

  friend constexpr wide operator*(const wide& a, const wide& b) {
    wide product{0};
    for (int i = 0; i < N; ++i) {
      if (a.limb[i] == 0) continue;
      uint128 carry = 0;
      for (int j = 0; i + j < N; ++j) {
        carry += static_cast<uint128>(a.limb[i]) * b.limb[j] + product.limb[i + j];
        product.limb[i + j] = static_cast<std::uint64_t>(carry);
        carry >>= 64;
      }
    }
    return product;
  }

  friend constexpr wide operator&(const wide& a, const wide& b) {
    wide result{0};
    for (int i = 0; i < N; ++i) result.limb[i] = a.limb[i] & b.limb[i];
    return result;
  }

  friend constexpr wide operator|(const wide& a, const wide& b) {
    wide result{0};
    for (int i = 0; i < N; ++i) result.limb[i] = a.limb[i] | b.limb[i];
    return result;
  }

  /// n >= 0; everything is shifted out from 64 N on.
  friend constexpr wide operator<<(const wide& a, int n) {
    wide result{0};
    const int limbs = n / 64, bits = n % 64;
    for (int i = N - 1; i >= limbs; --i) {
      const int from = i - limbs;
      result.limb[i] = a.limb[from] << bits;
      if (bits > 0 && from > 0) result.limb[i] |= a.limb[from - 1] >> (64 - bits);
    }
    return result;
  }

  /// n >= 0; only copies of the sign remain from 64 N on.
  friend constexpr wide operator>>(const wide& a, int n) {
    wide result{0};
    const int limbs = n / 64, bits = n % 64;
    for (int i = 0; i < N; ++i) {
      const int from = i + limbs;
      const std::uint64_t low = from < N ? a.limb[from] : a.fill();
      const std::uint64_t high = from + 1 < N ? a.limb[from + 1] : a.fill();
      result.limb[i] = bits > 0 ? low >> bits | high << (64 - bits) : low;
    }
    return result;
  }

  friend constexpr bool operator==(const wide& a, const wide& b) {
    for (int i = 0; i < N; ++i) {
      if (a.limb[i] != b.limb[i]) return false;
    }
    return true;
  }

  friend constexpr bool operator<(const wide& a, const wide& b) {
    if (a.negative() != b.negative()) return a.negative();
    for (int i = N - 1; i >= 0; --i) {
      if (a.limb[i] != b.limb[i]) return a.limb[i] < b.limb[i];
    }
    return false;
  }

  friend constexpr bool operator!=(const wide& a, const wide& b) { return !(a == b); }
  friend constexpr bool operator>(const wide& a, const wide& b) { return b < a; }
  friend constexpr bool operator<=(const wide& a, const wide& b) { return !(b < a); }
  friend constexpr bool operator>=(const wide& a, const wide& b) { return !(a < b); }
};

}  // namespace axoc::ap::detail

#endif
