package cienv

import "strings"

// gitlab reads the environment of GitLab CI/CD
// (https://docs.gitlab.com/ci/variables/predefined_variables/). A merged results
// pipeline runs on a merge that GitLab made, and only then is
// CI_MERGE_REQUEST_SOURCE_BRANCH_SHA set
// (https://docs.gitlab.com/ci/pipelines/merged_results_pipelines/).
func gitlab(e *env) Run {
	r := Run{System: GitLab, Event: Other, Branch: e.getenv("CI_COMMIT_REF_NAME"), Heads: e.ids("CI_COMMIT_SHA"), Full: "GIT_DEPTH: 0"}
	switch source := e.getenv("CI_PIPELINE_SOURCE"); {
	case e.getenv("CI_MERGE_REQUEST_IID") != "":
		r.Event = PullRequest
		if e.id("CI_MERGE_REQUEST_SOURCE_BRANCH_SHA") != "" && len(r.Heads) > 0 {
			r.Merge = r.Heads[0]
		}
		r.Bases = commits(e.ids("CI_MERGE_REQUEST_TARGET_BRANCH_SHA", "CI_MERGE_REQUEST_DIFF_BASE_SHA")...)
		r.Bases = append(r.Bases, e.tracking("CI_MERGE_REQUEST_TARGET_BRANCH_NAME", e.getenv("CI_MERGE_REQUEST_TARGET_BRANCH_NAME"))...)
	case source == "external_pull_request_event":
		r.Event = PullRequest
		r.Bases = append(commits(e.ids("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_SHA")...), e.tracking("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME", e.getenv("CI_EXTERNAL_PULL_REQUEST_TARGET_BRANCH_NAME"))...)
	case source == "push":
		r.Event = Push
		if e.getenv("CI_COMMIT_TAG") != "" {
			r.Event = Tag
		}
		r.Bases = e.since(e.id("CI_COMMIT_BEFORE_SHA"), e.getenv("CI_COMMIT_BRANCH"), e.getenv("CI_DEFAULT_BRANCH"))
	case source == "schedule":
		r.Event, r.Whole = Schedule, true
	default:
		r.Whole = true
	}
	return r
}

// bitbucket reads the environment of Bitbucket Pipelines
// (https://support.atlassian.com/bitbucket-cloud/docs/variables-and-secrets/). It
// does not say what a branch was before a push.
func bitbucket(e *env) Run {
	r := Run{System: Bitbucket, Event: Push, Branch: e.getenv("BITBUCKET_BRANCH"), Heads: e.ids("BITBUCKET_COMMIT"), Full: "clone: depth: full"}
	switch {
	case e.getenv("BITBUCKET_PR_ID") != "":
		r.Event = PullRequest
		r.Bases = append(commits(e.ids("BITBUCKET_PR_DESTINATION_COMMIT")...), e.tracking("BITBUCKET_PR_DESTINATION_BRANCH", e.getenv("BITBUCKET_PR_DESTINATION_BRANCH"))...)
		return r
	case e.getenv("BITBUCKET_TAG") != "":
		r.Event, r.Branch = Tag, e.getenv("BITBUCKET_TAG")
	}
	r.Bases = e.guesses(r.Branch)
	return r
}

// azure reads the environment of Azure Pipelines
// (https://learn.microsoft.com/en-us/azure/devops/pipelines/build/variables). The
// build of a pull request runs on a merge that the system made.
func azure(e *env) Run {
	source := e.getenv("BUILD_SOURCEBRANCH")
	r := Run{System: Azure, Event: Push, Branch: strings.TrimPrefix(source, "refs/heads/"), Heads: e.ids("BUILD_SOURCEVERSION"), Full: "fetchDepth: 0 of the checkout step"}
	switch reason := e.getenv("BUILD_REASON"); {
	case reason == "PullRequest":
		r.Event = PullRequest
		if len(r.Heads) > 0 && strings.HasPrefix(source, "refs/pull/") {
			r.Merge = r.Heads[0]
		}
		r.Branch = strings.TrimPrefix(e.getenv("SYSTEM_PULLREQUEST_SOURCEBRANCH"), "refs/heads/")
		r.Heads = append(r.Heads, e.ids("SYSTEM_PULLREQUEST_SOURCECOMMITID")...)
		r.Bases = e.tracking("SYSTEM_PULLREQUEST_TARGETBRANCH", e.getenv("SYSTEM_PULLREQUEST_TARGETBRANCH"))
	case reason == "Schedule":
		r.Event, r.Whole = Schedule, true
	case reason == "IndividualCI" || reason == "BatchedCI":
		if tag, ok := strings.CutPrefix(source, "refs/tags/"); ok {
			r.Event, r.Branch = Tag, tag
		}
		r.Bases = e.guesses(r.Branch)
	default:
		r.Event, r.Whole = Other, true
	}
	return r
}

// circleCI reads the environment of CircleCI
// (https://circleci.com/docs/reference/variables/), which names no base: the
// pipeline value pipeline.git.base_revision, given to --base, does.
func circleCI(e *env) Run {
	r := Run{System: CircleCI, Event: Push, Branch: e.getenv("CIRCLE_BRANCH"), Heads: e.ids("CIRCLE_SHA1"), Full: "method: full of the checkout step"}
	switch {
	case e.getenv("CIRCLE_TAG") != "":
		r.Event, r.Branch = Tag, e.getenv("CIRCLE_TAG")
	case e.getenv("CIRCLE_PULL_REQUEST") != "":
		r.Event = PullRequest
	}
	r.Bases = e.guesses(r.Branch)
	return r
}

// jenkins reads the environment of Jenkins with its Git plugin
// (https://plugins.jenkins.io/git/) and of its multibranch pipelines
// (https://www.jenkins.io/doc/book/pipeline/multibranch/).
func jenkins(e *env) Run {
	r := Run{System: Jenkins, Event: Push, Branch: e.getenv("BRANCH_NAME"), Heads: e.ids("GIT_COMMIT"), Full: "a clone that is not shallow, in the options of the Git plugin"}
	if r.Branch == "" {
		r.Branch = strings.TrimPrefix(e.getenv("GIT_BRANCH"), "origin/")
	}
	switch {
	case e.getenv("CHANGE_ID") != "":
		r.Event = PullRequest
		r.Bases = e.tracking("CHANGE_TARGET", e.getenv("CHANGE_TARGET"))
		return r
	case e.getenv("TAG_NAME") != "":
		r.Event, r.Branch = Tag, e.getenv("TAG_NAME")
	}
	r.Bases = append(commits(e.ids("GIT_PREVIOUS_SUCCESSFUL_COMMIT")...), e.guesses(r.Branch)...)
	return r
}

// buildkite reads the environment of Buildkite
// (https://buildkite.com/docs/pipelines/configure/environment-variables). It does
// not say what a branch was before a push; BUILDKITE_COMMIT may be "HEAD".
func buildkite(e *env) Run {
	r := Run{System: Buildkite, Event: Push, Branch: e.getenv("BUILDKITE_BRANCH"), Full: "BUILDKITE_GIT_CLONE_FLAGS without --depth"}
	if e.getenv("BUILDKITE_COMMIT") != "HEAD" {
		r.Heads = e.ids("BUILDKITE_COMMIT")
	}
	branch := r.Branch
	switch pull := e.getenv("BUILDKITE_PULL_REQUEST"); {
	case e.getenv("BUILDKITE_SOURCE") == "schedule":
		r.Event, r.Whole = Schedule, true
		return r
	case pull != "" && pull != "false":
		r.Event = PullRequest
		r.Bases = e.tracking("BUILDKITE_PULL_REQUEST_BASE_BRANCH", e.getenv("BUILDKITE_PULL_REQUEST_BASE_BRANCH"))
		return r
	case e.getenv("BUILDKITE_TAG") != "":
		r.Event, r.Branch, branch = Tag, e.getenv("BUILDKITE_TAG"), ""
	}
	r.Bases = e.since("", branch, e.getenv("BUILDKITE_PIPELINE_DEFAULT_BRANCH"))
	return r
}
