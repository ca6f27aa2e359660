// The hand-written simulator that the compiled one is measured against: int32 in structure of arrays, 32 events a block,
// SSE4.1. What is generic stands here; network.h, written by kernel.mts, holds the weights and the order of the layers.
//
//   kernel EVENTS SCORES rows|columns
//
// EVENTS: int32 hardware integers, one event after the other. SCORES: the expected raw scores, int32. All scores are
// checked; then the events are run again and again for a second. "rows" reads events as they lie in the file, "columns"
// from blocks that were transposed beforehand. Prints events per second of processor time.
#include <smmintrin.h>

#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <vector>

typedef __m128i Vector;
constexpr int block = 32;
constexpr int vectors = block / 4;

// One number of every event of a block.
struct Column {
  Vector part[vectors];
};

static inline Vector splat(int32_t value) { return _mm_set1_epi32(value); }

// The low `bits` bits with their sign.
template <int bits>
static inline Vector wrapped(Vector value) {
  return bits >= 32 ? value : _mm_srai_epi32(_mm_slli_epi32(value, (32 - bits) & 31), (32 - bits) & 31);
}

// AP_RND_CONV by `dropped` bits: half and the parity of the result are added before the shift. Then AP_SAT. A negative
// number of bits is added.
template <int dropped, int low, int high>
static inline Vector rounded(Vector value) {
  if (dropped < 0) value = _mm_slli_epi32(value, -dropped & 31);
  if (dropped > 0) {
    const Vector odd = _mm_and_si128(_mm_srai_epi32(value, dropped), splat(1));
    const Vector half = splat((1 << (dropped > 0 ? dropped - 1 : 0)) - 1);
    value = _mm_srai_epi32(_mm_add_epi32(_mm_add_epi32(value, half), odd), dropped);
  }
  return _mm_min_epi32(_mm_max_epi32(value, splat(low)), splat(high));
}

template <int count, int dropped, int low, int high>
static inline void round_all(const Column *x, Column *y) {
  for (int i = 0; i < count; i++)
    for (int v = 0; v < vectors; v++) y[i].part[v] = rounded<dropped, low, high>(x[i].part[v]);
}

// y[j] = bias[j] + sum over i of x[i] * weight: by each output its weights that are not zero and where they belong. The
// sums of a block fill eight registers. (Half blocks are 5 % slower, everything unrolled with constant weights 10 %.)
template <class Layer>
static inline void dense(const Column *x, Column *y) {
  for (int j = 0; j < Layer::outputs; j++) {
    Vector sum[vectors];
    for (int v = 0; v < vectors; v++) sum[v] = splat(Layer::bias[j]);
    for (int k = Layer::start[j]; k < Layer::start[j + 1]; k++) {
      const Vector weight = splat(Layer::weight[k]);
      const Vector *from = x[Layer::input[k]].part;
      for (int v = 0; v < vectors; v++) sum[v] = _mm_add_epi32(sum[v], _mm_mullo_epi32(from[v], weight));
    }
    for (int v = 0; v < vectors; v++) y[j].part[v] = wrapped<Layer::bits>(sum[v]);
  }
}

// Sum of squares of numbers whose squares, cut by `dropped` bits, fit 31 bits with their sum.
template <int count, int dropped>
static inline Column squares(const Column *x) {
  Column sum = {};
  for (int v = 0; v < vectors; v++)
    for (int i = 0; i < count; i++) {
      const Vector square = _mm_mullo_epi32(x[i].part[v], x[i].part[v]);
      sum.part[v] = _mm_add_epi32(sum.part[v], _mm_srai_epi32(square, dropped));
    }
  return sum;
}

// The same of differences (a in a finer unit than b by `shift` bits, the difference cut to `bits`), in 64 bits.
template <int count, int shift, int bits, int dropped>
static inline void squared_differences(const Column *a, const Column *b, int64_t *sums) {
  Vector low[vectors] = {}, high[vectors] = {};
  for (int i = 0; i < count; i++)
    for (int v = 0; v < vectors; v++) {
      const Vector d = wrapped<bits>(_mm_sub_epi32(a[i].part[v], _mm_slli_epi32(b[i].part[v], shift)));
      const Vector odd = _mm_srli_si128(d, 4);
      low[v] = _mm_add_epi64(low[v], _mm_srli_epi64(_mm_mul_epi32(d, d), dropped));
      high[v] = _mm_add_epi64(high[v], _mm_srli_epi64(_mm_mul_epi32(odd, odd), dropped));
    }
  for (int v = 0; v < vectors; v++) {
    _mm_storeu_si128(reinterpret_cast<Vector *>(sums + 4 * v), _mm_unpacklo_epi64(low[v], high[v]));
    _mm_storeu_si128(reinterpret_cast<Vector *>(sums + 4 * v + 2), _mm_unpackhi_epi64(low[v], high[v]));
  }
}

struct Scale {
  int32_t offset;
  // Right; negative: left.
  int shift;
};

// Hardware integers -> inputs of the first layer: offset, shift, both in the hardware type, then rounded.
template <int bits, int dropped, int low, int high>
static inline void scale_one(const Scale &scale, Column &column) {
  for (int v = 0; v < vectors; v++) {
    Vector value = wrapped<bits>(_mm_sub_epi32(column.part[v], splat(scale.offset)));
    if (scale.shift >= 0)
      value = _mm_sra_epi32(value, _mm_cvtsi32_si128(scale.shift));
    else
      value = wrapped<bits>(_mm_sll_epi32(value, _mm_cvtsi32_si128(-scale.shift)));
    column.part[v] = rounded<dropped, low, high>(value);
  }
}

#include "network.h"

// Four rows by four columns.
static inline void transpose(const int32_t *row, Vector *a, Vector *b, Vector *c, Vector *d) {
  const auto load = [row](int event) {
    return _mm_loadu_si128(reinterpret_cast<const Vector *>(row + event * network::inputs));
  };
  const Vector r0 = load(0), r1 = load(1), r2 = load(2), r3 = load(3);
  const Vector ab0 = _mm_unpacklo_epi32(r0, r1), ab1 = _mm_unpacklo_epi32(r2, r3);
  const Vector cd0 = _mm_unpackhi_epi32(r0, r1), cd1 = _mm_unpackhi_epi32(r2, r3);
  *a = _mm_unpacklo_epi64(ab0, ab1);
  *b = _mm_unpackhi_epi64(ab0, ab1);
  *c = _mm_unpacklo_epi64(cd0, cd1);
  *d = _mm_unpackhi_epi64(cd0, cd1);
}

static void read_rows(const int32_t *rows, Column *columns) {
  constexpr int whole = network::inputs / 4 * 4;
  for (int v = 0; v < vectors; v++) {
    const int32_t *row = rows + 4 * v * network::inputs;
    for (int i = 0; i < whole; i += 4)
      transpose(row + i, &columns[i].part[v], &columns[i + 1].part[v], &columns[i + 2].part[v], &columns[i + 3].part[v]);
    for (int i = whole; i < network::inputs; i++)
      columns[i].part[v] = _mm_set_epi32(row[3 * network::inputs + i], row[2 * network::inputs + i],
                                         row[network::inputs + i], row[i]);
  }
}

template <class Number>
static std::vector<Number> read_file(const char *path) {
  std::FILE *file = std::fopen(path, "rb");
  if (file == nullptr) std::exit(2);
  std::fseek(file, 0, SEEK_END);
  std::vector<Number> numbers(std::ftell(file) / sizeof(Number));
  std::rewind(file);
  if (std::fread(numbers.data(), sizeof(Number), numbers.size(), file) != numbers.size()) std::exit(2);
  std::fclose(file);
  return numbers;
}

int main(int, char **argv) {
  std::vector<int32_t> events = read_file<int32_t>(argv[1]);
  const std::vector<int32_t> expected = read_file<int32_t>(argv[2]);
  const bool from_rows = std::strcmp(argv[3], "rows") == 0;
  const int count = expected.size();
  const int blocks = (count + block - 1) / block;
  events.resize(static_cast<std::size_t>(blocks) * block * network::inputs + 4);
  std::vector<Column> columns(static_cast<std::size_t>(blocks) * network::inputs);
  for (int b = 0; b < blocks; b++)
    read_rows(&events[static_cast<std::size_t>(b) * block * network::inputs], &columns[b * network::inputs]);

  std::vector<int32_t> scores(static_cast<std::size_t>(blocks) * block);
  const auto run = [&]() {
    for (int b = 0; b < blocks; b++) {
      Column x[network::inputs];
      if (from_rows)
        read_rows(&events[static_cast<std::size_t>(b) * block * network::inputs], x);
      else
        std::memcpy(x, &columns[b * network::inputs], sizeof x);
      network::score(x, &scores[b * block]);
    }
  };
  run();
  for (int event = 0; event < count; event++) {
    if (scores[event] == expected[event]) continue;
    std::printf("event %d: score %d, officially %d\n", event, scores[event], expected[event]);
    return 1;
  }
  long done = 0;
  double seconds = 0;
  const std::clock_t start = std::clock();
  do {
    for (int round = 0; round < 8; round++) run();
    done += 8l * count;
    seconds = double(std::clock() - start) / CLOCKS_PER_SEC;
  } while (seconds < 1);
  std::printf("%.1f\n", done / seconds);
  return scores[0] == expected[0] ? 0 : 1;
}
