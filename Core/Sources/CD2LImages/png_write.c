#include <png.h>
#include <setjmp.h>
#include <stdlib.h>
#include <string.h>

#include "report.h"

typedef struct {
  jmp_buf jump;
  png_structp png;
  png_infop info;
  growing_buffer file;
  d2l_image_report *report;
} png_writer;

static PNG_NORETURN void png_failed(png_structp png, png_const_charp message) {
  png_writer *writer = png_get_error_ptr(png);
  report_error(writer->report, D2L_IMAGE_UNSUPPORTED, -1, message);
  longjmp(writer->jump, 1);
}

static void png_warned(png_structp png, png_const_charp message) {
  png_writer *writer = png_get_error_ptr(png);
  report_warning(writer->report, message);
}

static void png_push(png_structp png, png_bytep source, size_t length) {
  png_writer *writer = png_get_io_ptr(png);
  growing_buffer *file = &writer->file;
  if (length > SIZE_MAX - file->count || !reserve_bytes(file, file->count + length)) {
    report_error(writer->report, D2L_IMAGE_NO_MEMORY, -1, "no memory for the PNG file");
    longjmp(writer->jump, 1);
  }
  memcpy(file->bytes + file->count, source, length);
  file->count += length;
}

static void png_flushed(png_structp png) { (void)png; }

static int png_write_all(
  png_writer *writer, const uint8_t *pixels, uint32_t width, uint32_t height, int channels, int bits, int level) {
  static const int types[] = {
    PNG_COLOR_TYPE_GRAY, PNG_COLOR_TYPE_GRAY_ALPHA, PNG_COLOR_TYPE_RGB, PNG_COLOR_TYPE_RGB_ALPHA};
  if (setjmp(writer->jump)) return 0;
  writer->png = png_create_write_struct(PNG_LIBPNG_VER_STRING, writer, png_failed, png_warned);
  if (writer->png) writer->info = png_create_info_struct(writer->png);
  if (!writer->info) {
    report_error(writer->report, D2L_IMAGE_NO_MEMORY, -1, "libpng could not start");
    return 0;
  }
  png_structp png = writer->png;
  png_set_write_fn(png, writer, png_push, png_flushed);
  png_set_user_limits(png, PNG_UINT_31_MAX, PNG_UINT_31_MAX);
  png_set_compression_level(png, level);
  png_set_IHDR(
    png, writer->info, width, height, bits, types[channels - 1], PNG_INTERLACE_NONE, PNG_COMPRESSION_TYPE_DEFAULT,
    PNG_FILTER_TYPE_DEFAULT);
  png_write_info(png, writer->info);
  const uint16_t one = 1;
  if (bits == 16 && *(const uint8_t *)&one == 1) png_set_swap(png);
  const size_t stride = (size_t)width * channels * (bits / 8);
  for (uint32_t row = 0; row < height; row++) png_write_row(png, pixels + row * stride);
  png_write_end(png, writer->info);
  return 1;
}

uint8_t *d2l_png_write(
  const void *pixels, uint32_t width, uint32_t height, int channels, int bits, int level, size_t *size,
  d2l_image_report *report) {
  png_writer *writer = calloc(1, sizeof *writer);
  if (!writer) {
    report_error(report, D2L_IMAGE_NO_MEMORY, -1, "no memory for a PNG writer");
    return NULL;
  }
  writer->report = report;
  const int written = png_write_all(writer, pixels, width, height, channels, bits, level);
  png_destroy_write_struct(&writer->png, &writer->info);
  uint8_t *bytes = writer->file.bytes;
  *size = writer->file.count;
  free(writer);
  if (written) return bytes;
  free(bytes);
  return NULL;
}
