// What the four readers and writers share: the report and a buffer that grows.

#ifndef D2L_IMAGES_REPORT_H
#define D2L_IMAGES_REPORT_H

#include "d2l_images.h"

/// Keeps the first error; later ones are consequences.
void report_error(d2l_image_report *report, int kind, int64_t offset, const char *message);
void report_warning(d2l_image_report *report, const char *message);
/// Zero, with the report filled, when an image of this size may not be read.
int within_limits(uint32_t width, uint32_t height, const d2l_image_limits *limits, d2l_image_report *report);

typedef struct {
  uint8_t *bytes;
  size_t count, capacity;
} growing_buffer;

/// Room for at least `total` bytes; zero when there is no memory, and the buffer is as it was.
int reserve_bytes(growing_buffer *buffer, size_t total);

#endif
