#ifndef D2L_TYPES_H
#define D2L_TYPES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/// Element types. Bool is one byte, 0 or 1.
typedef enum {
  D2L_FLOAT = 0,
  D2L_DOUBLE = 1,
  D2L_INT32 = 2,
  D2L_INT64 = 3,
  D2L_UINT8 = 4,
  D2L_BOOL = 5,
} d2l_dtype;

/// The most dimensions an array may have.
#define D2L_MAX_RANK 8

#endif
