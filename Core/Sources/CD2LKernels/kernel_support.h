// What all kernels share: run-time CPU dispatch, errors, and how finely work is cut.
#ifndef KERNEL_SUPPORT_H
#define KERNEL_SUPPORT_H

#include "d2l_types.h"
#include "d2l_memory.h"
#include "d2l_parallel.h"

/// Compiles a function three times and picks the best for the processor when the program is loaded. Put it on functions that
/// hold a hot loop; what they call must be D2L_INLINE, or it runs at the baseline. Under x86-64-v4, loops use the full 512 bits.
#if defined(__x86_64__) && defined(__linux__) && defined(__GLIBC__)
#define D2L_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define D2L_CLONES
#endif

#define D2L_INLINE static inline __attribute__((always_inline))
#define D2L_LIKELY(condition) __builtin_expect(!!(condition), 1)
#define D2L_UNLIKELY(condition) __builtin_expect(!!(condition), 0)

/// How many elements make a piece of d2l_parallel_for: some microseconds of work, several times what it takes to hand a piece to a
/// thread that is awake. Arrays of one piece never leave the calling thread. Sums depend on where an array is cut, so these are
/// constants.
enum {
  D2L_GRAIN_CHEAP = 32768,  ///< one load, one operation, one store
  D2L_GRAIN_MEDIUM = 16384, ///< some ten operations an element: exp, tanh, a fused optimizer step
  D2L_GRAIN_DEAR = 4096,    ///< about 10 ns an element: libm calls, gathers
};

/// Prints "operation: message" and stops. For what the Swift side has promised never to pass, and for want of memory.
_Noreturn void d2l_abort(const char *operation, const char *format, ...) __attribute__((format(printf, 2, 3), cold));
/// The same for a type the operation does not serve.
_Noreturn void d2l_abort_type(const char *operation, d2l_dtype type) __attribute__((cold));

/// Whether kernels run with registers of 64 bytes: tiles that hold their sums in registers are chosen by it.
bool d2l_has_wide_vectors(void);

/// Bytes of one element.
D2L_INLINE size_t d2l_size(d2l_dtype type) {
  switch (type) {
  case D2L_FLOAT:
  case D2L_INT32: return 4;
  case D2L_DOUBLE:
  case D2L_INT64: return 8;
  case D2L_UINT8:
  case D2L_BOOL: return 1;
  }
  d2l_abort_type("d2l_size", type);
}

D2L_INLINE int64_t d2l_min(int64_t a, int64_t b) { return a < b ? a : b; }
D2L_INLINE int64_t d2l_max(int64_t a, int64_t b) { return a > b ? a : b; }
D2L_INLINE int64_t d2l_ceil_div(int64_t a, int64_t b) { return (a + b - 1) / b; }
/// The grain over rows of `row` elements that gives pieces of about `elements` elements.
D2L_INLINE int64_t d2l_row_grain(int64_t elements, int64_t row) { return d2l_max(1, elements / d2l_max(1, row)); }

/// Conversions that saturate; NaN gives 0.
D2L_INLINE int32_t d2l_to_i32(double x) {
  return x != x ? 0 : x <= (double)INT32_MIN ? INT32_MIN : x >= (double)INT32_MAX ? INT32_MAX : (int32_t)x;
}
D2L_INLINE int64_t d2l_to_i64(double x) {
  return x != x ? 0 : x < -0x1p63 ? INT64_MIN : x >= 0x1p63 ? INT64_MAX : (int64_t)x;
}
D2L_INLINE uint8_t d2l_to_u8(double x) { return x > 0 ? (x >= 255 ? 255 : (uint8_t)x) : 0; }

#endif
