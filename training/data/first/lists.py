"""Lists: values, searching, sorting, changing."""

from training.data.first.entry import known, new

ENTRIES = (
    known(
        "list/sum",
        "sum of a list;sum list;list sum;sum of list;sum of numbers in a list;sum of an array;sum array;total of a "
        "list",
        "(sum|add up|add|sum up|total) (a list|all numbers in a list|the numbers in a list|a list of numbers|"
        "all elements of a list|an array|the elements of a list|list elements);{calc} the (sum|total) of "
        "(a list|all numbers in a list|a list of numbers|an array|the numbers in a list|all elements in a list)",
    ),
    known(
        "list/product",
        "product of a list;list product;multiply all numbers in a list;multiply list;product of numbers",
        "multiply (all numbers in a list|the numbers in a list|a list of numbers|all elements of a list|a list);"
        "{calc} the product of (a list|a list of numbers|all numbers in a list)",
    ),
    known(
        "list/max_plain",
        "max of a list;largest number in a list;find max;maximum of a list;max in list;biggest number in a list;"
        "largest element;max list;maximum in an array;find maximum;highest number in a list",
        "{get} the {max} (number|element|value|item) (in|of) {nums};{get} the (max|maximum) (of|in) {nums};"
        "{get} the {max} (number|element|value)",
    ),
    known(
        "list/min_plain",
        "min of a list;smallest number in a list;find min;minimum of a list;min in list;lowest number in a list;"
        "smallest element;min list;minimum in an array;find minimum;least number in a list",
        "{get} the {min} (number|element|value|item) (in|of) {nums};{get} the (min|minimum) (of|in) {nums};"
        "{get} the {min} (number|element|value)",
    ),
    known(
        "list/min_max",
        "min and max;min and max of a list;largest and smallest;minimum and maximum;min max of a list",
        "{get} the (min and max|minimum and maximum|smallest and largest|smallest and largest number|"
        "smallest and the largest number) (of|in) {nums}",
    ),
    known(
        "list/second",
        "second largest;second largest number;second largest number in a list;second largest element;second max;"
        "second biggest number;second highest",
        "{get} the second (largest|biggest|highest) (number|element|value) (in|of) {nums};{get} the second largest "
        "of {nums}",
    ),
    known(
        "list/second_smallest",
        "second smallest;second smallest number;second smallest element;second min;second lowest",
        "{get} the second (smallest|lowest) (number|element|value) (in|of) {nums};{get} the second smallest of {nums}",
    ),
    known(
        "list/length",
        "length of a list;list length;len of list;size of a list;number of elements in a list",
        "{get} the (length|size) of {list};count the (elements|items) (in|of) {list}",
        owns_name=False,
    ),
    known(
        "list/linear",
        "find index;index of an element;index of a value;find element in list;find index of an element;"
        "index of element in list;position of an element",
        "{get} the (index|position) of (an element|a value|an item|a number) in {list};"
        "find (an element|a value) in {list}",
    ),
    new(
        "search_linear",
        "linear search;linear search;linear search algorithm;linear search in a list;sequential search",
        "(implement|write|do|code) (linear search|a linear search|the linear search algorithm);"
        "(search|look for) (an element|a value|an item) in {list};"
        "find (an element|a value) (with|using) linear search",
        "linear_search",
        "items target|numbers value",
        "for i, item in enumerate($a):\n    if item == $b:\n        return i\nreturn -1",
        "f([5, 6, 7], 6) == 1",
        "f([], 1) == -1",
        types="list[int]; int -> int",
    ),
    known(
        "list/binary",
        "binary search;binary search;binary search algorithm;binsearch;bsearch;binary search in a sorted list",
        "(implement|write|do|code) (binary search|a binary search|the binary search algorithm);"
        "(search|find an element in|find a value in|find a number in|look up a value in) a sorted (list|array)"
        "( with binary search| using binary search|);do (a|) binary search (in|on) (a list|a sorted list|an array)",
    ),
    known(
        "list/bubble",
        "bubble sort;bubble sort;bubblesort;bubble sort algorithm;bubble-sort",
        "(implement|write|do|code) (bubble sort|a bubble sort|the bubble sort algorithm|bubblesort);"
        "{sort} {nums} (with|using|by) bubble sort;bubble sort {nums}",
    ),
    known(
        "list/insertion",
        "insertion sort;insertion sort;insertionsort;insertion sort algorithm",
        "(implement|write|do|code) (insertion sort|an insertion sort|the insertion sort algorithm);"
        "{sort} {nums} (with|using|by) insertion sort;insertion sort {nums}",
    ),
    known(
        "list/selection",
        "selection sort;selection sort;selectionsort;selection sort algorithm",
        "(implement|write|do|code) (selection sort|a selection sort|the selection sort algorithm);"
        "{sort} {nums} (with|using|by) selection sort;selection sort {nums}",
    ),
    known(
        "merge_sort",
        "merge sort;merge sort;mergesort;merge sort algorithm;merge-sort",
        "(implement|write|do|code) (merge sort|a merge sort|the merge sort algorithm|mergesort);"
        "{sort} {nums} (with|using|by) (merge sort|mergesort);merge sort {nums}",
    ),
    known(
        "list/quick",
        "quicksort;quicksort;quick sort;quicksort algorithm;quick sort algorithm;qsort",
        "(implement|write|do|code) (quicksort|a quicksort|the quicksort algorithm|quick sort);"
        "{sort} {nums} (with|using|by) (quicksort|quick sort);quicksort {nums}",
    ),
    known(
        "list/merge_sorted",
        "merge two sorted lists;merge sorted lists;merge sorted arrays;merge two sorted arrays;sorted list merge",
        "(merge|combine|join) (two sorted lists|two sorted arrays|sorted lists|2 sorted lists|two sorted lists into "
        "one|"
        "two ordered lists)",
    ),
    known(
        "list/sort",
        "sort a list;sort list;sort numbers;sort an array;list sort;ascending sort;sort ascending",
        "{sort} (a list|a list of numbers|an array|numbers|list|a list in ascending order|numbers in ascending order|"
        "a list ascending|a list from smallest to largest)",
    ),
    known(
        "list/sort_down",
        "sort descending;descending sort;sort list descending;reverse sort;sort in descending order;sort from high "
        "to low;"
        "descending order",
        "{sort} {nums} (in descending order|descending|in reverse order|from largest to smallest|from high to low|"
        "in decreasing order);sort (descending|in descending order)",
    ),
    known(
        "list/sort_words",
        "sort words alphabetically;alphabetical sort;sort strings;sort names;sort a list of words",
        "{sort} (a list of words|a list of strings|words|names|a list of names|strings) (alphabetically|in "
        "alphabetical order)",
    ),
    known(
        "compose/sort_by/word/length",
        "sort by length;sort words by length;sort strings by length;length sort;sort list by length",
        "{sort} (a list of words|words|a list of strings|strings|a list|the words) by (length|their length|word "
        "length)",
    ),
    known(
        "compose/sort_by/tuple/second",
        "sort tuples by second element;sort tuples;sort list of tuples;sort by second element;sort tuples by second "
        "value",
        "{sort} (a list of tuples|tuples|a list of pairs|pairs) by (the second element|second element|their second "
        "element|"
        "the second value|the second item)",
    ),
    known(
        "compose/sort_by/tuple/first",
        "sort tuples by first element;sort by first element;sort tuples by first value",
        "{sort} (a list of tuples|tuples|a list of pairs|pairs) by (the first element|first element|their first "
        "element|"
        "the first value|the first item)",
    ),
    known(
        "list/is_sorted",
        "is sorted;sorted check;check sorted;is list sorted;is the list sorted",
        "{check} {nums} is (sorted|in order|in ascending order)",
    ),
    known(
        "list/reverse",
        "reverse list;reverse a list;list reversal;reverse array;reversed list;reverse an array;reverse list function",
        "reverse {list};(flip|turn around) {list};{get} {list} (in reverse order|backwards|in reverse)",
    ),
    known(
        "list/unique",
        "remove duplicates;remove duplicates from a list;dedupe;deduplicate;unique list;unique elements;dedupe list;"
        "list without duplicates;duplicate remover;remove duplicates list;distinct elements",
        "{remove} (duplicates|the duplicates|all duplicates|duplicate elements|duplicate values|duplicate items) from "
        "(a list|an array|list|a given list);{remove} duplicates;(dedupe|deduplicate) {list};"
        "{get} (the unique elements|unique values|the unique values|the distinct elements|unique elements) (of|from|"
        "in) {list};"
        "get rid of duplicates in {list}",
    ),
    known(
        "list/duplicates",
        "has duplicates;contains duplicate;duplicate check;check duplicates;contains duplicates;any duplicates",
        "{check} {list} (has|contains) (duplicates|a duplicate|any duplicates|duplicate elements|duplicate values);"
        "check for duplicates( in {list}|)",
    ),
    known(
        "list/repeated",
        "find duplicates;duplicates in a list;find duplicates in a list;duplicate elements;list duplicates;"
        "duplicate finder;duplicate numbers",
        "(find|get|return|list|show) (the duplicates|all duplicates|duplicates|duplicate elements|duplicate values|"
        "the duplicate elements|repeated elements) (in|of) {list}",
    ),
    known(
        "list/flatten",
        "flatten;flatten list;flatten a list;flatten nested list;flatten list of lists;flatten 2d list;list flattening",
        "flatten (a list of lists|a list|a nested list|nested lists|a 2d list|lists|an array);"
        "(turn|convert) a list of lists into (one list|a flat list|a single list);make a nested list flat",
    ),
    known(
        "list/flatten_deep",
        "deep flatten;flatten deep;flatten any depth;recursive flatten;flatten deeply nested list;flatten recursively",
        "flatten (a deeply nested list|a list nested to any depth|a list of any depth|a nested list of any depth|"
        "a nested list recursively|deeply nested lists|arbitrarily nested lists)",
    ),
    known(
        "list/chunk_n",
        "chunk;chunk list;split list into chunks;chunks;chunk a list;list chunks;chunks of size n;batch a list;batches",
        "split {list} into (chunks|chunks of size n|pieces of size n|n sized chunks|batches|groups of n|parts of "
        "size n);"
        "(chunk|batch) {list};(divide|break) {list} into (chunks|groups of n|pieces)",
    ),
    known(
        "list/rotate_n",
        "rotate list;rotate a list;list rotation;rotate array;array rotation;rotate list by n;rotate left",
        "rotate {list}( by n| by k| n times| by n places| by n positions| to the left| left|);"
        "shift {list} (by n|by n places|to the left)",
    ),
    known(
        "list/zeros_last",
        "move zeros;move zeroes;move zeros to end;move zeros to the end;zeros to the end;push zeros to end",
        "(move|push|put|shift) (all zeros|the zeros|zeros|zeroes|all zeroes) (in|of) {list} to the (end|back);"
        "(move|push|put|shift) (all zeros|the zeros|zeros|zeroes) to the (end|back)( of {list}|)",
    ),
    known(
        "list/missing",
        "missing number;find missing number;missing number in a list;missing number 1 to n;missing number problem",
        "(find|get|return) the missing number( in {nums}| from 1 to n| in a list from 1 to n| in an array|);"
        "find which number is missing (in|from) {nums}",
    ),
    known(
        "list/two_sum",
        "two sum;twosum;two sum problem;2 sum;two-sum;two sum leetcode;pair with target sum",
        "(solve|implement|do) (two sum|the two sum problem|twosum);find two numbers (in {list} |)that "
        "(add up to|sum to|sum up to) (a target|a given target|a target value);"
        "{get} the (indices|indexes) of two numbers that add up to a target",
    ),
    known(
        "list/max_subarray",
        "max subarray;maximum subarray;kadane;kadane's algorithm;max subarray sum;maximum subarray sum;largest sum "
        "subarray;"
        "kadane algorithm",
        "{get} the (maximum subarray|max subarray|maximum subarray sum|largest subarray sum|max subarray sum|"
        "largest sum of a contiguous subarray|maximum sum of a subarray)( of {list}| in {list}|);"
        "implement (kadane's algorithm|kadane)",
    ),
)
