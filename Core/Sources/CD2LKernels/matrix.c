// Matrix products. OpenBLAS runs each piece in one thread; the pieces are spread over our own pool, so that threads have one owner.
#include "layer_support.h"
#include "profile_support.h"
#include <cblas.h>
#include <limits.h>

/// Multiply-adds below which a product does not go through BLAS.
enum { TINY_WORK = 4096 };

typedef struct {
  bool transpose_a, transpose_b;
  int64_t m, n, k;
  double alpha;
  const void *a;
  int64_t lda;
  const void *b;
  int64_t ldb;
  double beta;
  void *c;
  int64_t ldc;
  const void *bias; ///< [n] or NULL
  d2l_activation activation;
  int64_t piece_m, piece_n, column_pieces;
} gemm_job;

typedef struct {
  gemm_job first;
  int64_t a_step, b_step, c_step;
} batch_job;

/// Chooses the pieces by the size alone. Each packs its own part of A and B, so pieces are kept large and near square: the longer side is halved while what is
/// left is worth a thread's start and wide enough for the inner kernel.
static void cut(gemm_job *job) {
  int64_t m = job->m, n = job->n;
  const double least = 1 << 21;
  for (int halvings = 0; halvings < 4; halvings++) {
    if ((double)m * (double)n * (double)job->k < 2 * least) break;
    int64_t *longer = m >= n ? &m : &n;
    if (*longer < 64) break;
    *longer = d2l_ceil_div(d2l_ceil_div(*longer, 2), 16) * 16;
  }
  job->piece_m = m;
  job->piece_n = n;
  job->column_pieces = d2l_ceil_div(job->n, n);
}

#define REAL float
#define NAME(x) x##_f
#define BLAS_GEMM cblas_sgemm
#define BLAS_GEMV cblas_sgemv
#include "matrix.inc"

#define REAL double
#define NAME(x) x##_d
#define BLAS_GEMM cblas_dgemm
#define BLAS_GEMV cblas_dgemv
#include "matrix.inc"

static void check(const gemm_job *job) {
  if (job->m > INT_MAX || job->n > INT_MAX || job->k > INT_MAX || job->lda > INT_MAX || job->ldb > INT_MAX || job->ldc > INT_MAX)
    d2l_abort("d2l_gemm", "a side of %lld x %lld x %lld is beyond 2^31", (long long)job->m, (long long)job->n, (long long)job->k);
  d2l_blas_prepare();
}

void d2l_gemm(d2l_dtype type, bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, double alpha, const void *a,
              int64_t lda, const void *b, int64_t ldb, double beta, void *c, int64_t ldc) {
  D2L_PROFILED("matmul");
  gemm_job job = {transpose_a, transpose_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc, NULL, D2L_ACTIVATION_NONE, 0, 0, 0};
  check(&job);
  D2L_REAL_CALL("d2l_gemm", type, product, &job);
}

void d2l_gemm_batched(d2l_dtype type, bool transpose_a, bool transpose_b, int64_t m, int64_t n, int64_t k, double alpha,
                      const void *a, int64_t lda, int64_t a_step, const void *b, int64_t ldb, int64_t b_step, double beta, void *c,
                      int64_t ldc, int64_t c_step, int64_t batch) {
  D2L_PROFILED("matmul");
  batch_job job = {{transpose_a, transpose_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc, NULL, D2L_ACTIVATION_NONE, 0, 0, 0},
                   a_step, b_step, c_step};
  check(&job.first);
  // Small products are spread over the threads whole, several to a piece; large ones are cut one by one.
  const double work = (double)m * (double)n * (double)d2l_max(k, 1), piece = 1 << 20;
  if (work > 64 * piece) {
    D2L_REAL_CALL("d2l_gemm_batched", type, batch, &job, 0, batch);
    return;
  }
  if (type != D2L_FLOAT && type != D2L_DOUBLE) d2l_abort_type("d2l_gemm_batched", type);
  const int64_t grain = d2l_max(1, (int64_t)(piece / (work < 1 ? 1 : work)));
  d2l_parallel_for(batch, grain, type == D2L_FLOAT ? batch_f : batch_d, &job);
}

void d2l_linear(d2l_dtype type, const void *x, const void *w, const void *bias, d2l_activation activation, void *y, int64_t rows,
                int64_t in, int64_t out) {
  D2L_PROFILED("linear");
  gemm_job job = {false, true, rows, out, in, 1, x, in, w, in, 0, y, out, bias, activation, 0, 0, 0};
  check(&job);
  D2L_REAL_CALL("d2l_linear", type, product, &job);
}
