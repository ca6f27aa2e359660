// SPDX-License-Identifier: Apache-2.0
// Intermediate values for the test bench: AXOC_TRACE(values, count) in a design writes their raw bits to a file.
// Synthesis, and every build without AXOC_TRACING, sees nothing of it.
#pragma once

#if defined(AXOC_TRACING) && !defined(__SYNTHESIS__)

#include <cstdint>
#include <cstdio>

namespace axoc {

// Where traces go; none are written while this is null.
inline std::FILE *&trace_file() {
  static std::FILE *file = nullptr;
  return file;
}

// Writes each value's W bits as 64-bit little-endian words, lowest word first, bits above W zero.
template <class T> void trace(const T *values, int count) {
  std::FILE *file = trace_file();
  if (file == nullptr) return;
  for (int i = 0; i < count; i++) {
    T value = values[i];
    for (int low = 0; low < T::width; low += 64) {
      const int high = low + 63 < T::width ? low + 63 : T::width - 1;
      const std::uint64_t word = value.range(high, low).to_uint64();
      unsigned char bytes[8];
      for (int byte = 0; byte < 8; byte++) bytes[byte] = static_cast<unsigned char>(word >> (8 * byte));
      std::fwrite(bytes, 1, sizeof bytes, file);
    }
  }
}

} // namespace axoc

#define AXOC_TRACE(values, count) axoc::trace(values, count)

#else

#define AXOC_TRACE(values, count)

#endif
