# file: mm/madvise.c
# call: load/store
# class: edge of a range
# wrong: MADV_REMOVE on a piece of a split attachment forgets where in the segment the piece is.
/^static long madvise_remove(/,/^}/ s/+ ((loff_t)vma->vm_pgoff << PAGE_SHIFT);/;/
