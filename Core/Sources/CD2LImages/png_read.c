#include <inttypes.h>
#include <png.h>
#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

// Everything that a jump must not lose lives here and not in local variables.
struct d2l_png_reader {
  jmp_buf jump;
  png_structp png;
  png_infop info;
  const uint8_t *bytes;
  size_t count, position;
  d2l_image_header header;
  d2l_image_report *report;
};

static PNG_NORETURN void png_failed(png_structp png, png_const_charp message) {
  d2l_png_reader *reader = png_get_error_ptr(png);
  // libpng announces what is wrong with a header as a warning and then only says that it is invalid.
  char text[256];
  const char *newline = strrchr(reader->report->warnings, '\n');
  const char *warning = newline ? newline + 1 : reader->report->warnings;
  snprintf(text, sizeof text, warning[0] ? "%s (%s)" : "%s", message, warning);
  report_error(reader->report, D2L_IMAGE_CORRUPT, (int64_t)reader->position, text);
  longjmp(reader->jump, 1);
}

static void png_warned(png_structp png, png_const_charp message) {
  d2l_png_reader *reader = png_get_error_ptr(png);
  report_warning(reader->report, message);
}

static void png_pull(png_structp png, png_bytep target, size_t length) {
  d2l_png_reader *reader = png_get_io_ptr(png);
  if (length > reader->count - reader->position) {
    reader->position = reader->count;
    png_error(png, "the file ends too early");
  }
  memcpy(target, reader->bytes + reader->position, length);
  reader->position += length;
}

static uint32_t big_endian(const uint8_t *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static int channels_when_expanded(png_structp png, png_infop info) {
  const int type = png_get_color_type(png, info);
  const int color = (type & PNG_COLOR_MASK_COLOR) ? 3 : 1;
  return color + ((type & PNG_COLOR_MASK_ALPHA) || png_get_valid(png, info, PNG_INFO_tRNS) ? 1 : 0);
}

static int png_begin(d2l_png_reader *reader, const d2l_image_limits *limits) {
  if (setjmp(reader->jump)) return 0;
  reader->png = png_create_read_struct(PNG_LIBPNG_VER_STRING, reader, png_failed, png_warned);
  if (reader->png) reader->info = png_create_info_struct(reader->png);
  if (!reader->info) {
    report_error(reader->report, D2L_IMAGE_NO_MEMORY, -1, "libpng could not start");
    return 0;
  }
  png_structp png = reader->png;
  png_set_read_fn(png, reader, png_pull);
  png_set_user_limits(png, limits->max_width, limits->max_height);
  png_set_chunk_malloc_max(png, (png_alloc_size_t)limits->max_chunk_bytes);
  png_set_chunk_cache_max(png, 1000);
  // Only the palette and tRNS decide pixels. Text, profiles and the like are checked by their sums and passed over.
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, NULL, -1);
  if (limits->refuse_warnings) {
    png_set_crc_action(png, PNG_CRC_ERROR_QUIT, PNG_CRC_ERROR_QUIT);
    png_set_benign_errors(png, 0);
  }
  png_read_info(png, reader->info);

  d2l_image_header *header = &reader->header;
  header->width = png_get_image_width(png, reader->info);
  header->height = png_get_image_height(png, reader->info);
  header->bit_depth = png_get_bit_depth(png, reader->info);
  header->palette = png_get_color_type(png, reader->info) == PNG_COLOR_TYPE_PALETTE;
  header->interlaced = png_get_interlace_type(png, reader->info) != PNG_INTERLACE_NONE;
  header->channels = channels_when_expanded(png, reader->info);
  if (!within_limits(header->width, header->height, limits, reader->report)) return 0;
  // Deflate makes at most 1032 bytes of one.
  const uint64_t unpacked = (uint64_t)header->height * png_get_rowbytes(png, reader->info);
  if (unpacked / 1032 > reader->count) {
    char text[128];
    snprintf(
      text, sizeof text, "the header promises %" PRIu32 " x %" PRIu32 " pixels, more than %zu bytes can hold",
      header->width, header->height, reader->count);
    png_error(png, text);
  }
  return 1;
}

d2l_png_reader *d2l_png_open(
  const uint8_t *bytes, size_t count, const d2l_image_limits *limits, d2l_image_header *header,
  d2l_image_report *report) {
  // libpng only says "Invalid IHDR data" of a size past its limit; look first, to name the size.
  if (count >= 24 && memcmp(bytes + 12, "IHDR", 4) == 0
      && !within_limits(big_endian(bytes + 16), big_endian(bytes + 20), limits, report))
    return NULL;
  d2l_png_reader *reader = calloc(1, sizeof *reader);
  if (!reader) {
    report_error(report, D2L_IMAGE_NO_MEMORY, -1, "no memory for a PNG reader");
    return NULL;
  }
  reader->bytes = bytes;
  reader->count = count;
  reader->report = report;
  if (!png_begin(reader, limits)) {
    d2l_png_close(reader);
    return NULL;
  }
  *header = reader->header;
  return reader;
}

int d2l_png_read(d2l_png_reader *reader, int bits, void *pixels, size_t size, d2l_image_report *report) {
  reader->report = report;
  if (setjmp(reader->jump)) return 0;
  png_structp png = reader->png;
  png_set_expand(png);
  if (bits == 16) {
    png_set_expand_16(png);
    const uint16_t one = 1;
    if (*(const uint8_t *)&one == 1) png_set_swap(png);
  } else if (reader->header.bit_depth == 16) {
    png_set_scale_16(png);
  }
  const int passes = png_set_interlace_handling(png);
  png_read_update_info(png, reader->info);
  const size_t stride = png_get_rowbytes(png, reader->info);
  if (stride != (size_t)reader->header.width * reader->header.channels * (bits / 8)
      || stride * reader->header.height != size)
    png_error(png, "rows do not have the size the header promised");
  for (int pass = 0; pass < passes; pass++)
    for (uint32_t row = 0; row < reader->header.height; row++)
      png_read_row(png, (png_bytep)pixels + row * stride, NULL);
  png_read_end(png, NULL);
  return 1;
}

void d2l_png_close(d2l_png_reader *reader) {
  if (!reader) return;
  png_destroy_read_struct(&reader->png, &reader->info, NULL);
  free(reader);
}
