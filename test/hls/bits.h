// Raw bits in and out of ap_fixed and ap_int through the public interface only, so that it serves every implementation.
// SPDX-License-Identifier: Apache-2.0
#ifndef AXOC_TEST_HLS_BITS_H
#define AXOC_TEST_HLS_BITS_H

#include <cstdio>
#include <cstdint>

#include "ap_fixed.h"
#include "ap_int.h"

/// Prints the raw bits of x as one hexadecimal number and a separator.
template <class T>
void print_bits(const T& x, char separator = '\n') {
  const int top = (T::width - 1) / 64 * 64;
  for (int low = top; low >= 0; low -= 64) {
    const int high = low == top ? T::width - 1 : low + 63;
    std::printf(low == top ? "%llx" : "%016llx", (unsigned long long)x.range(high, low).to_uint64());
  }
  std::printf("%c", separator);
}

/// A T with these raw bits, 64 at a time, least significant first; words beyond its width are ignored.
template <class T>
T of_bits(const std::uint64_t* words) {
  T x = 0;
  for (int low = 0; low < T::width; low += 64) {
    const int high = low + 63 < T::width ? low + 63 : T::width - 1;
    x.range(high, low) = ap_uint<64>((unsigned long long)words[low / 64]);
  }
  return x;
}

#endif
