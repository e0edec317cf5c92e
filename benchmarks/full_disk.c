/* Preloaded into a process, makes its writes to files fail as on a full disk.

   FULL_FROM: the number of the first write that fails, counted from 1.
   FULL_FOR:  how many writes fail, 0 for all that follow.
   Pipes and terminals are left alone.
*/
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static atomic_long seen;

static int full(int file)
{
    struct stat status;
    if (fstat(file, &status) || !S_ISREG(status.st_mode))
        return 0;
    const char *first = getenv("FULL_FROM"), *many = getenv("FULL_FOR");
    if (!first)
        return 0;
    long from = atol(first), count = many ? atol(many) : 0;
    long number = atomic_fetch_add(&seen, 1) + 1;
    if (number < from || (count && number >= from + count))
        return 0;
    errno = ENOSPC;
    return 1;
}

ssize_t write(int file, const void *data, size_t size)
{
    static ssize_t (*real)(int, const void *, size_t);
    if (!real)
        real = dlsym(RTLD_NEXT, "write");
    return full(file) ? -1 : real(file, data, size);
}

ssize_t pwrite64(int file, const void *data, size_t size, off64_t at)
{
    static ssize_t (*real)(int, const void *, size_t, off64_t);
    if (!real)
        real = dlsym(RTLD_NEXT, "pwrite64");
    return full(file) ? -1 : real(file, data, size, at);
}

ssize_t pwrite(int file, const void *data, size_t size, off_t at)
{
    return pwrite64(file, data, size, at);
}

ssize_t writev(int file, const struct iovec *parts, int count)
{
    static ssize_t (*real)(int, const struct iovec *, int);
    if (!real)
        real = dlsym(RTLD_NEXT, "writev");
    return full(file) ? -1 : real(file, parts, count);
}
